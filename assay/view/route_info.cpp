#include "assay/view/route_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/money.h"
#include "assay/core/parallel.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/route/fit.h"

namespace assay::view {
namespace {

constexpr std::size_t kMostModels = 10;
constexpr double kPoints = 100;

report::Json guard_json(const route::Guard& guard) {
  report::Json json = report::Json::object();
  json.set("risk", kPoints * guard.risk).set("delta", guard.delta).set("cost_weight", guard.cost_weight);
  json.set("routes", guard.routes)
      .set("void", route::is_void(guard))
      .set("margin", guard.margin)
      .set("queries", guard.queries);
  return json.set("routed", guard.routed)
      .set("gain", kPoints * guard.gain)
      .set("least_gain", kPoints * guard.least_gain);
}

// Why nothing is routed, and what would help.
std::string refusal(const route::Guard& guard, std::size_t fewest) {
  if (guard.queries < static_cast<double>(fewest)) {
    return fmt::format(
        "{:.0f} queries were held out, and {} at least are needed, which takes about {} in the study",
        guard.queries, fewest, 5 * fewest);
  }
  return fmt::format(
      "where routing looks best, accuracy changes by {:+.2f} points on {:.0f} held-out queries, and may change by "
      "{:+.2f}; more queries, a larger risk, or vectors that say more are needed",
      kPoints * guard.gain, guard.queries, kPoints * guard.least_gain);
}

std::string guard_text(const route::Guard& guard, std::size_t fewest) {
  const std::string sure = fmt::format(
      "with probability {:g} % accuracy is at most {:g} points below that of the "
      "best single model",
      kPoints * (1 - guard.delta), kPoints * guard.risk);
  if (route::is_void(guard)) {
    return "Guard: void, as it was shown of the router before it was updated. Every query goes to the best single "
           "model; `assay route fit` makes a new one\n";
  }
  if (!guard.routes) {
    return "Guard: every query goes to the best single model. It could not be shown that " + sure + ": " +
           refusal(guard, fewest) + "\n";
  }
  return fmt::format(
      "Guard: queries are routed away from the best single model where the choice is worth more by {:.3f}: {} of "
      "{:.0f} held-out queries, where accuracy changes by {:+.2f} points; {}\n",
      guard.margin, report::percent(guard.routed, 1), guard.queries, kPoints * guard.gain, sure);
}

}  // namespace

report::Json router_json(report::Json json, const app::RouteInfoReport& report) {
  report::Json models = report::Json::array();
  for (const app::RouteInfoReport::Model& model : report.models) {
    models.add(report::Json::object()
                   .set("name", model.name)
                   .set("accuracy", model.accuracy)
                   .set("known", model.known)
                   .set("cost", model.cost));
  }
  const auto stacking = [](const route::StackingWeights& one) {
    return report::Json::object()
        .set("weights", report::Json::array_of(one.weights))
        .set("common_weight", one.common_weight)
        .set("skill", one.skill);
  };
  const route::RoutingNumbers& numbers = report.numbers;
  json.set("router", report.router).set("bytes", report.bytes);
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
  json.set("familiar", report.familiar ? report::Json(*report.familiar) : report::Json());
  if (report.guard) json.set("guard", guard_json(*report.guard).set("fewest_held_out", report.fewest_held_out));
  return json;
}

std::string router_text(const app::RouteInfoReport& report) {
  const route::StackingWeights& task = report.numbers.task;
  const route::StackingWeights& query = report.numbers.query;
  std::string text = escaped(report.router) + ": " + report::counted(report.models.size(), "model") + ", " +
                     report::counted(report.queries, "query", "queries") + " of " +
                     report::counted(report.tasks.size(), "task") + ", " + report::byte_size(report.bytes) +
                     "; embedding " + escaped(report.embedding) + "\n";
  text += fmt::format(
      "New tasks: {}; left-out tasks and their queries are told {:.1f} standard errors {} than by averages\n",
      task.skill >= route::kLeastTaskSkill ? "ranked by the benchmark" : "ranked by averages", std::abs(task.skill),
      task.skill < 0 ? "worse" : "better");
  text +=
      fmt::format("Single queries: {}; chances are off by less than the accuracies, by {:.1f} standard errors\n",
                  query.skill >= route::kLeastQuerySkill ? "routed" : "all to the best on average", query.skill);
  if (report.guard) text += guard_text(*report.guard, report.fewest_held_out);
  return text;
}

std::string to_json(const app::RouteInfoReport& report) {
  return router_json(report::Json::object(), report).set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteInfoReport& report, bool colour, bool all) {
  std::vector<app::RouteInfoReport::Model> models = report.models;
  std::ranges::stable_sort(models, std::greater(), &app::RouteInfoReport::Model::accuracy);
  report::Table table({{"model"},
                       {"accuracy", report::Align::right},
                       {"known", report::Align::right},
                       {"per M tokens", report::Align::right}});
  for (const app::RouteInfoReport::Model& model : models) {
    if (!all && table.rows() == kMostModels) break;
    table.add_row(
        {model.name, report::percent(model.accuracy, 1), report::grouped(model.known), dollars_text(model.cost)});
  }
  std::string text = router_text(report);
  if (report.familiar) {
    text +=
        *report.familiar > 0
            ? fmt::format(
                  "A prompt of which less than {} is known, as in another language, goes to the best on average\n",
                  report::percent(*report.familiar, 0))
            : "Prompts in other languages are not noticed: the benchmark's own have too little in common\n";
  }
  text += "\n" + table.text(colour);
  if (table.rows() < models.size()) {
    text += "and " + report::grouped(models.size() - table.rows()) + " more (--all shows them)\n";
  }
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  return text;
}

}  // namespace assay::view
