#include "assay/app/route_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/app/benchmark_prices.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/route/query_routing.h"

namespace assay::app {
namespace {

void check(const RouteQueryRequest& request) {
  const double weight = request.cost_weight.value_or(0);
  if (!(weight >= 0 && std::isfinite(weight))) {
    throw InvalidArgument(fmt::format("the weight of the cost must be 0 or more, came {:g}", weight));
  }
  if (request.prompts.empty()) throw InvalidArgument("expected a prompt at least, came none");
}

RouteQueryReport::Prompt route(const route::RouterContents& contents, std::span<const float> vector,
                               std::span<const std::size_t> candidates, double cost_weight) {
  const route::Router& router = contents.router;
  const std::vector<double> chances = route::query_chances(router, vector);
  const route::QueryChoice choice = route::route_query(router, chances, candidates, contents.cost, cost_weight);
  const std::size_t chosen = candidates[choice.chosen];
  RouteQueryReport::Prompt prompt{contents.models[chosen],
                                  chances[chosen],
                                  chances[candidates[choice.single]],
                                  !neighbours::says_nothing(vector),
                                  {}};
  for (const std::size_t model : candidates) {
    prompt.models.push_back({contents.models[model], chances[model], contents.cost[model]});
  }
  std::stable_sort(prompt.models.begin(), prompt.models.end(),
                   [](const auto& a, const auto& b) { return a.chance > b.chance; });
  return prompt;
}

}  // namespace

RouteQueryReport run_route_query(const RouteQueryRequest& request) {
  check(request);
  return run_route_query(routing::RouterFile(request.router), request);
}

RouteQueryReport run_route_query(const routing::RouterFile& router, const RouteQueryRequest& request) {
  check(request);
  const route::RouterContents& contents = router.contents();
  const std::vector<std::size_t> candidates = router.candidates(request.models);
  const std::optional<route::Guard>& guard = contents.router.guard;
  const double cost_weight = request.cost_weight.value_or(guard ? guard->cost_weight : 0);
  route::check_guard(contents.router, candidates.size(), cost_weight);
  const std::vector<float> vectors = router.embed_queries(request.embedding, request.prompts, request.threads);
  const std::size_t d = contents.router.benchmark.vectors.dimensions;
  RouteQueryReport report{router.path(),
                          contents.embedding,
                          route::candidate_digest(contents.models),
                          cost_weight,
                          !route::routes_queries(contents.router),
                          contents.router.guard,
                          {},
                          {}};
  std::vector<double> costs;
  for (const std::size_t model : candidates) costs.push_back(contents.cost[model]);
  if (std::string note = cost_weight_note(costs, cost_weight); !note.empty()) {
    report.notes.push_back(std::move(note));
  }
  report.prompts.resize(request.prompts.size());
  parallel_for(report.prompts.size(), request.threads, [&](std::size_t i) {
    report.prompts[i] = route(contents, std::span(vectors).subspan(i * d, d), candidates, cost_weight);
  });
  return report;
}

}  // namespace assay::app
