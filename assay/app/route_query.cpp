#include "assay/app/route_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/app/router_file.h"
#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/query_routing.h"
#include "assay/route/score.h"

namespace assay {
namespace {

constexpr std::size_t kModelsShown = 5;

RouteQueryReport::Prompt route(const RouterContents& contents, std::span<const float> vector,
                               std::span<const std::size_t> candidates, double cost_weight) {
  const Router& router = contents.router;
  const std::vector<double> chances = query_chances(router, vector);
  const std::size_t chosen = candidates[choose_for_query(router, chances, candidates, contents.cost, cost_weight)];
  std::vector<double> averages;
  for (const std::size_t model : candidates) averages.push_back(router.accuracy[model]);
  RouteQueryReport::Prompt prompt{
      contents.models[chosen], chances[chosen], chances[candidates[index_of_largest(averages)]], {}};
  for (const std::size_t model : candidates) {
    prompt.models.push_back({contents.models[model], chances[model], contents.cost[model]});
  }
  std::stable_sort(prompt.models.begin(), prompt.models.end(),
                   [](const auto& a, const auto& b) { return a.chance > b.chance; });
  return prompt;
}

}  // namespace

RouteQueryReport run_route_query(const RouteQueryRequest& request) {
  if (!(request.cost_weight >= 0 && std::isfinite(request.cost_weight))) {
    throw InvalidArgument(fmt::format("the weight of the cost must be 0 or more, came {:g}", request.cost_weight));
  }
  if (request.prompts.empty()) throw InvalidArgument("expected a prompt at least, came none");
  const RouterFile file(request.router);
  const RouterContents& contents = file.contents();
  const std::vector<std::size_t> candidates = file.candidates(request.models);
  const std::vector<float> vectors = file.embed(request.embedding, request.prompts, request.threads);
  const std::size_t d = contents.router.benchmark.vectors.dimensions;
  RouteQueryReport report{request.router,
                          contents.embedding,
                          candidate_digest(contents.models),
                          request.cost_weight,
                          !routes_queries(contents.router),
                          {}};
  report.prompts.resize(request.prompts.size());
  parallel_for(report.prompts.size(), request.threads, [&](std::size_t i) {
    report.prompts[i] = route(contents, std::span(vectors).subspan(i * d, d), candidates, request.cost_weight);
  });
  return report;
}

std::string to_json(const RouteQueryReport& report) {
  Json prompts = Json::array();
  for (const RouteQueryReport::Prompt& prompt : report.prompts) {
    Json models = Json::array();
    for (const RouteQueryReport::Model& model : prompt.models) {
      models.add(Json::object().set("name", model.name).set("chance", model.chance).set("cost", model.cost));
    }
    prompts.add(Json::object()
                    .set("chosen", prompt.chosen)
                    .set("chance", prompt.chance)
                    .set("chance_of_best_on_average", prompt.best_on_average)
                    .set("models", std::move(models)));
  }
  Json json = Json::object();
  json.set("router", report.router).set("embedding", report.embedding);
  json.set("candidates", fmt::format("{:016x}", report.digest)).set("cost_weight", report.cost_weight);
  return json.set("abstained", report.abstained).set("prompts", std::move(prompts)).pretty();
}

std::string to_text(const RouteQueryReport& report, bool colour) {
  std::string text;
  if (report.prompts.size() == 1) {
    const RouteQueryReport::Prompt& prompt = report.prompts[0];
    Table table({{"model"}, {"chance to be right", Align::right}, {"$ per M tokens", Align::right}});
    for (std::size_t i = 0; i < prompt.models.size(); ++i) {
      const RouteQueryReport::Model& model = prompt.models[i];
      const bool chosen = model.name == prompt.chosen;
      if (i >= kModelsShown && !chosen) continue;
      table.add_row({model.name, percent(model.chance, 1), fixed(model.cost, 2)},
                    chosen ? Emphasis::strong : Emphasis::none);
    }
    text = table.text(colour) + "\nAsk " + escaped(prompt.chosen) + "\n";
  } else {
    Table table({{"prompt", Align::right}, {"ask"}, {"chance to be right", Align::right}});
    for (std::size_t i = 0; i < report.prompts.size(); ++i) {
      table.add_row({grouped(i + 1), report.prompts[i].chosen, percent(report.prompts[i].chance, 1)});
    }
    text = table.text(colour);
  }
  if (report.abstained) text += "The benchmark says nothing that would tell prompts apart: accuracies decide\n";
  return text;
}

}  // namespace assay
