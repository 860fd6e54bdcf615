#include "assay/view/route_evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"

namespace assay::view {
namespace {

report::Json mean(const stats::MeanSe& value) { return value.mean; }

// "44.10 ± 0.90" in points; the error where there is one.
std::string points(const stats::MeanSe& value) {
  if (std::isnan(value.mean)) return "-";
  const std::string text = report::fixed(100 * value.mean, 2);
  return std::isnan(value.se) ? text : text + " (" + report::fixed(100 * value.se, 2) + ")";
}

std::string points_gained(const stats::MeanSe& value) { return (value.mean > 0 ? "+" : "") + points(value); }

report::Json json_of(const sim::TaskRouting& row) {
  report::Json json = report::Json::object();
  json.set("name", row.name).set("accuracy", mean(row.accuracy)).set("accuracy_se", row.accuracy.se);
  json.set("ratio_to_best", mean(row.ratio_to_best)).set("ratio_to_best_se", row.ratio_to_best.se);
  json.set("pearson", mean(row.pearson)).set("spearman", mean(row.spearman));
  json.set("share_bma", mean(row.share_bma)).set("mean_params", mean(row.mean_params)).set("rank", mean(row.rank));
  json.set("gain", mean(row.gain)).set("gain_se", row.gain.se);
  return json.set("behind_assay", mean(row.behind_assay)).set("behind_assay_se", row.behind_assay.se);
}

constexpr double kPrompts = 1000;  // that prices are told of

report::Json json_of(const sim::QueryRouting& row) {
  report::Json json = report::Json::object();
  json.set("name", row.name).set("accuracy", mean(row.accuracy)).set("accuracy_se", row.accuracy.se);
  json.set("cost", row.cost).set("dollars_per_1000", kPrompts * row.dollars).set("seconds", row.seconds);
  json.set("regret_to_oracle", mean(row.regret_to_oracle)).set("regret_to_oracle_se", row.regret_to_oracle.se);
  return json.set("gain", mean(row.gain)).set("gain_se", row.gain.se);
}

report::Json json_of(const sim::CostCurve& curve) {
  report::Json json = report::Json::object();
  json.set("name", curve.name).set("area", mean(curve.area)).set("area_se", curve.area.se);
  json.set("area_gain", mean(curve.area_gain)).set("area_gain_se", curve.area_gain.se);
  json.set("at_half", mean(curve.at_half)).set("at_half_se", curve.at_half.se);
  json.set("at_half_gain", mean(curve.at_half_gain)).set("at_half_gain_se", curve.at_half_gain.se);
  json.set("arena", mean(curve.arena)).set("arena_se", curve.arena.se);
  json.set("arena_gain", mean(curve.arena_gain)).set("arena_gain_se", curve.arena_gain.se);
  report::Json points = report::Json::array();
  for (const sim::CurvePoint& point : curve.points) {
    report::Json one = report::Json::object();
    one.set("cost_weight", point.cost_weight).set("dollars_per_1000", kPrompts * point.dollars);
    points.add(one.set("accuracy", mean(point.accuracy)).set("accuracy_se", point.accuracy.se));
  }
  return json.set("points", std::move(points));
}

bool by_all_tasks(const app::RouteEvaluateReport& report) {
  return report.request.pools_by == sim::PoolsBy::all_tasks;
}

// What was gained over `other`, and whether that can be told. `degrees`: of freedom of the standard error.
std::string gain_text(const stats::MeanSe& gain, std::string_view other, double degrees) {
  const auto told = [](double share) { return report::fixed(100 * share, 1); };
  const std::string much = told(std::abs(gain.mean)) + " points";
  if (gain.mean == 0 && gain.se == 0) return fmt::format("nothing is gained or lost against {}", other);
  if (std::isnan(gain.se) || degrees < 1) {
    return fmt::format("{} {} than {}, of which nobody knows how much is luck", much,
                       gain.mean < 0 ? "worse" : "better", other);
  }
  const double half = stats::student95(degrees) * gain.se;
  const std::string range = fmt::format("(95 %: {} to {})", told(gain.mean - half), told(gain.mean + half));
  if (std::abs(gain.mean) <= half) {
    return fmt::format("it can't be told whether it beats {}: {}{} points {}", other, gain.mean > 0 ? "+" : "",
                       told(gain.mean), range);
  }
  return fmt::format("{} {} than {} {}", much, gain.mean < 0 ? "worse" : "better", other, range);
}

// Whether routing pays.
std::string answer_text(const app::RouteEvaluateReport& report) {
  const sim::RouteReplay& replay = report.replay;
  std::string text;
  const auto named = [](std::string_view name) { return [name](const auto& row) { return row.name == name; }; };
  const auto task = std::ranges::find_if(replay.rules, named("assay"));
  if (task != replay.rules.end()) {
    const auto tasks = static_cast<double>(report.tasks.size() - replay.tasks_without_pools);
    text += "A new task, the model that assay chooses: " +
            gain_text(task->gain, "the best model on average", tasks - 1) + "\n";
  }
  const auto query = std::ranges::find_if(replay.per_query, named("assay"));
  const auto single = std::ranges::find_if(replay.per_query, named("best-single"));
  if (query == replay.per_query.end() || std::isnan(query->gain.mean)) return text;
  text += "Single prompts, routed by assay: " +
          gain_text(query->gain, "the best single model", static_cast<double>(report.queries) - 1);
  if (!std::isnan(query->dollars) && !std::isnan(single->dollars)) {
    text += fmt::format("; {} for 1,000 prompts instead of {}", dollars_text(kPrompts * query->dollars),
                        dollars_text(kPrompts * single->dollars));
  }
  return text + "\n";
}

std::string tasks_text(const app::RouteEvaluateReport& report, bool colour) {
  if (report.replay.rules.empty()) return "";
  report::Table table({{"score"},
                       {"accuracy", report::Align::right},
                       {"above bma", report::Align::right},
                       {"below assay", report::Align::right},
                       {"ratio to best", report::Align::right},
                       {"Pearson", report::Align::right},
                       {"Spearman", report::Align::right},
                       {"is bma", report::Align::right},
                       {"size", report::Align::right},
                       {"rank", report::Align::right}});
  for (const sim::TaskRouting& row : report.replay.rules) {
    table.add_row({row.name, points(row.accuracy), points_gained(row.gain), points(row.behind_assay),
                   report::fixed(row.ratio_to_best.mean, 3), report::fixed(row.pearson.mean, 2),
                   report::fixed(row.spearman.mean, 2), report::percent(row.share_bma.mean, 0),
                   report::fixed(row.mean_params.mean / 1e9, 1), report::fixed(row.rank.mean, 2)});
  }
  return table.text(colour);
}

// Prices and times stand in the table if something is known of them.
std::string queries_text(const app::RouteEvaluateReport& report, bool colour) {
  const std::vector<sim::QueryRouting>& rows = report.replay.per_query;
  if (rows.empty()) return "";
  const auto any = [&](double sim::QueryRouting::*what) {
    return std::ranges::any_of(rows, [&](const sim::QueryRouting& row) { return !std::isnan(row.*what); });
  };
  const bool priced = any(&sim::QueryRouting::dollars);
  const bool timed = any(&sim::QueryRouting::seconds);
  std::vector<report::Table::Column> columns = {{"single queries"},
                                                {"accuracy", report::Align::right},
                                                {"above best single", report::Align::right},
                                                {"regret to oracle", report::Align::right},
                                                {"per M tokens", report::Align::right}};
  if (priced) columns.push_back({"per 1,000 prompts", report::Align::right});
  if (timed) columns.push_back({"seconds", report::Align::right});
  report::Table table(std::move(columns));
  for (const sim::QueryRouting& row : rows) {
    std::vector<std::string> cells = {row.name, points(row.accuracy), points_gained(row.gain),
                                      points(row.regret_to_oracle), dollars_text(row.cost)};
    if (priced) cells.push_back(dollars_text(kPrompts * row.dollars));
    if (timed) cells.push_back(report::fixed(row.seconds, 2));
    table.add_row(std::move(cells));
  }
  return "\n" + table.text(colour);
}

// Accuracy against price: a line for each way to choose, and the curve of `assay`.
std::string curves_text(const app::RouteEvaluateReport& report, bool colour) {
  if (report.replay.curves.empty()) return "";
  report::Table table({{"accuracy against price"},
                       {"mean over prices", report::Align::right},
                       {"above one model", report::Align::right},
                       {"at half price, %", report::Align::right},
                       {"above one model", report::Align::right},
                       {"arena score", report::Align::right},
                       {"above best single", report::Align::right}});
  for (const sim::CostCurve& curve : report.replay.curves) {
    table.add_row({curve.name, points(curve.area), points_gained(curve.area_gain), points(curve.at_half),
                   points_gained(curve.at_half_gain), points(curve.arena), points_gained(curve.arena_gain)});
  }
  const sim::CostCurve& assay = report.replay.curves.front();
  report::Table curve({{"cost weight from", report::Align::right},
                       {"accuracy", report::Align::right},
                       {"per 1,000 prompts", report::Align::right}});
  std::vector<std::string> last;
  for (const sim::CurvePoint& point : assay.points) {
    std::vector<std::string> shown = {points(point.accuracy), dollars_text(kPrompts * point.dollars)};
    if (shown == last) continue;
    const bool cheapest = std::isinf(point.cost_weight);
    curve.add_row({cheapest ? "cheapest" : report::fixed(point.cost_weight, 4), shown[0], shown[1]});
    last = std::move(shown);
  }
  return "\n" + table.text(colour) + "\n" + curve.text(colour);
}

}  // namespace

std::string to_json(const app::RouteEvaluateReport& report) {
  const sim::RouteReplay& replay = report.replay;
  report::Json json = report::Json::object();
  json.set("study", report.request.study).set("embedding", report.embedding).set("seed", report.request.seed);
  json.set("tasks", report::Json::array_of(report.tasks)).set("models", report::Json::array_of(report.models));
  json.set("queries", report.queries).set("labelled", report.request.labelled);
  json.set("pools", replay.pools).set("pools_drawn", replay.pools_drawn);
  if (report.request.pools > 0) {
    json.set("pool_size", report.request.pool_size).set("pool_spread", report.request.pool_spread);
    json.set("pools_by", by_all_tasks(report) ? "all-tasks" : "other-tasks");
  }
  report::Json rules = report::Json::array();
  for (const sim::TaskRouting& row : replay.rules) rules.add(json_of(row));
  json.set("scores", std::move(rules));
  report::Json per_query = report::Json::array();
  for (const sim::QueryRouting& row : replay.per_query) per_query.add(json_of(row));
  json.set("per_query", std::move(per_query));
  report::Json curves = report::Json::array();
  for (const sim::CostCurve& curve : replay.curves) curves.add(json_of(curve));
  json.set("curves", std::move(curves));
  json.set("abstained", replay.abstained);
  json.set("coverage", replay.coverage.mean).set("coverage_se", replay.coverage.se);
  json.set("interval_width", replay.interval_width);
  json.set("brier", replay.brier).set("brier_of_accuracy", replay.brier_of_accuracy);
  json.set("calibration_error", replay.calibration_error);
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteEvaluateReport& report, bool colour) {
  const sim::RouteReplay& replay = report.replay;
  const std::string answer = answer_text(report);
  std::string tables = tasks_text(report, colour) + queries_text(report, colour) + curves_text(report, colour);
  if (tables.starts_with('\n')) tables.erase(0, 1);
  std::string text = answer.empty() ? tables : answer + "\n" + tables;
  const bool by_task = !replay.rules.empty();
  text += "\n" + report::counted(report.queries, "query", "queries") + " of " +
          report::counted(report.tasks.size(), "task") + (by_task ? ", each left out in turn; " : "; ") +
          report::counted(report.models.size(), "model") + "; embedding " + escaped(report.embedding) + "\n";
  if (report.request.pools > 0) {
    const std::string models = fmt::format("random pools of {} models within {:g} points", report.request.pool_size,
                                           report.request.pool_spread);
    text += by_all_tasks(report)
                ? fmt::format(
                      "Means over {} of {} {} over all tasks, the left-out one too, where the best of a task is "
                      "more than 1 point above bma\n",
                      report::grouped(replay.pools), report::grouped(replay.pools_drawn), models)
                : fmt::format("Means over {} {}, by what is known without the left-out task\n",
                              report::grouped(replay.pools), models);
  }
  text += "Accuracies in points, standard errors over tasks, or over single queries, in brackets\n";
  if (!replay.per_query.empty()) {
    text +=
        "Single queries are routed by a router of one half of the queries, which has seen others of their tasks; "
        "brackets do not know the luck of this split (--seed)\n";
  }
  if (by_task) {
    text += "assay returned bma for want of better in " + report::percent(replay.abstained, 1) +
            "; its 95 % intervals, " + report::fixed(100 * replay.interval_width, 1) + " points wide, held in " +
            report::percent(replay.coverage.mean, 1) + "\n";
  }
  if (!replay.curves.empty()) {
    text +=
        "Mean over prices: from that of the cheapest model to that of the dearest (AIQ). Half price: of the best "
        "single model's, as a share of its accuracy. One model: the best for its price, the same for all prompts. "
        "Arena score: RouterArena's, at the cost weight given\n";
  }
  if (!replay.per_query.empty()) {
    text += fmt::format(
        "Chances of single queries: Brier score {:.4f}, of the accuracies alone {:.4f}; off by {:.2f} "
        "points\n",
        replay.brier, replay.brier_of_accuracy, 100 * replay.calibration_error);
  }
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

}  // namespace assay::view
