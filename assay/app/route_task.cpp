#include "assay/app/route_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/route/routing_rule.h"

namespace assay::app {
namespace {

constexpr double kPercent = 100;

constexpr std::size_t kDistance = 2;  // index into kNeighbours: 20

// Outcomes that the file gives, a row for each query with any; the vectors of these go along.
struct Labelled {
  std::vector<Correctness> cells;
  std::vector<float> vectors;
};

Labelled labelled_of(const std::vector<data::TaskQuery>& queries, const std::vector<float>& vectors,
                     const routing::RouterFile& router) {
  Labelled result;
  const std::size_t dimensions = router.router().benchmark.vectors.dimensions;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (queries[i].right.empty()) continue;
    std::vector<Correctness> row(router.router().models());
    for (const auto& [name, score] : queries[i].right) {
      row[router.model(name)] = Correctness::of(score);
    }
    result.cells.insert(result.cells.end(), row.begin(), row.end());
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i * dimensions);
    result.vectors.insert(result.vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(dimensions));
  }
  return result;
}

std::optional<stats::Interval> usual_distance(const route::Router& router) {
  const std::size_t tasks = router.benchmark.tasks;
  if (tasks < 2) return std::nullopt;
  const std::span<const double> distances = router.distance.subspan(kDistance * tasks, tasks);
  const auto [least, largest] = std::ranges::minmax(distances);
  return stats::Interval{least, largest};
}

// The rule that is asked for.
const route::RoutingRuleEntry& check(const RouteTaskRequest& request) {
  const route::RoutingRuleEntry& entry = route::routing_rule(request.rule);
  if (entry.needs_truth) {
    throw InvalidArgument("score " + std::string(entry.name) + " is a yardstick that nobody can have in earnest");
  }
  if (!(request.within >= 0 && request.within <= kPercent)) {
    throw InvalidArgument(fmt::format("the points to give away must be 0 to 100, came {:g}", request.within));
  }
  return entry;
}

}  // namespace

RouteTaskReport run_route_task(const RouteTaskRequest& request) {
  check(request);
  const routing::RouterFile router(request.router);
  return run_route_task(router, data::read_task_queries(request.queries), request);
}

RouteTaskReport run_route_task(const routing::RouterFile& router, const std::vector<data::TaskQuery>& queries,
                               const RouteTaskRequest& request) {
  const route::RoutingRuleEntry& rule = check(request);
  const route::RouterContents& contents = router.contents();
  const std::vector<std::size_t> candidates = router.candidates(request.models);
  std::vector<std::string> texts;
  texts.reserve(queries.size());
  for (const data::TaskQuery& query : queries) texts.push_back(query.prompt);
  std::vector<std::size_t> unfamiliar;
  const std::vector<float> vectors = router.embed(request.embedding, texts, request.threads, &unfamiliar);
  const std::size_t d = contents.router.benchmark.vectors.dimensions;
  const Labelled labelled = labelled_of(queries, vectors, router);
  const route::TaskFeatures features =
      route::task_features(contents.router, {vectors, d}, {labelled.cells, {labelled.vectors, d}}, request.threads);
  const route::RankingInput input{&contents.router,          &features, candidates,  {}, contents.cost,
                                  request.within / kPercent, {},        request.seed};
  const route::Ranking ranking = rule.rank(input);

  RouteTaskReport report{router.path(),
                         contents.embedding,
                         route::candidate_digest(contents.models),
                         request.rule,
                         queries.size(),
                         features.labelled,
                         unfamiliar.size(),
                         contents.models[candidates[ranking.chosen]],
                         ranking.abstained,
                         features.distance[kDistance],
                         usual_distance(contents.router),
                         {}};
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // Models of which nothing is known come last.
  const auto worth = [&](std::size_t i) {
    return std::isnan(ranking.values[i]) ? -std::numeric_limits<double>::infinity() : ranking.values[i];
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return worth(a) > worth(b); });
  const std::vector<double> average = contents.router.average();
  for (const std::size_t i : order) {
    const std::size_t model = candidates[i];
    RouteTaskReport::Model row{contents.models[model], ranking.values[i],          std::nullopt,
                               average[model],         contents.parameters[model], contents.cost[model]};
    if (!ranking.intervals.empty()) row.interval = ranking.intervals[i];
    report.models.push_back(row);
  }
  return report;
}

}  // namespace assay::app
