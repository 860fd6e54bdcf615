#include "assay/view/route_fit.h"

#include <fmt/format.h>

#include "assay/app/route_evaluate.h"
#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/route/fit.h"
#include "assay/routing/router_file.h"

namespace assay::view {
std::string to_json(const app::RouteFitReport& report) {
  report::Json models = report::Json::array();
  for (const app::RouteFitReport::Model& model : report.models) {
    models.add(
        report::Json::object().set("name", model.name).set("accuracy", model.accuracy).set("known", model.known));
  }
  const auto stacking = [](const route::StackingWeights& one) {
    return report::Json::object()
        .set("weights", report::Json::array_of(one.weights))
        .set("common_weight", one.common_weight)
        .set("skill", one.skill);
  };
  const route::RoutingNumbers& numbers = report.numbers;
  report::Json json = report::Json::object();
  json.set("study", report.study).set("router", report.router).set("bytes", report.bytes);
  json.set("embedding", report.embedding).set("index", report.index);
  json.set("candidates", fmt::format("{:016x}", report.digest));
  json.set("queries", report.queries)
      .set("tasks", report::Json::array_of(report.tasks))
      .set("models", std::move(models));
  json.set("tasks_belief", stacking(numbers.task)).set("queries_belief", stacking(numbers.query));
  json.set("query_neighbours", route::kNeighbours[numbers.query_neighbours])
      .set("query_penalty", numbers.query_penalty);
  report::Json neighbours = report::Json::array();
  for (const std::uint32_t k : numbers.rule_neighbours) neighbours.add(route::kNeighbours[k]);
  json.set("score_neighbours", std::move(neighbours)).set("bandwidth", numbers.bandwidth);
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteFitReport& report, bool colour) {
  (void)colour;
  const route::StackingWeights& task = report.numbers.task;
  const route::StackingWeights& query = report.numbers.query;
  std::string text = escaped(report.router) + ": " + report::counted(report.models.size(), "model") + ", " +
                     report::counted(report.queries, "query", "queries") + " of " +
                     report::counted(report.tasks.size(), "task") + ", " + report::byte_size(report.bytes) +
                     "; embedding " + escaped(report.embedding) + "\n";
  text += fmt::format("New tasks: {}; told {:.1f} standard errors better than by the averages over tasks alone\n",
                      task.skill >= route::kLeastTaskSkill ? "ranked by the benchmark" : "nothing to rank them by",
                      task.skill);
  text += fmt::format("Single queries: {}; told {:.1f} standard errors better\n",
                      query.skill >= route::kLeastQuerySkill ? "routed" : "nothing to route them by", query.skill);
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

}  // namespace assay::view
