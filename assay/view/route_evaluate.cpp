#include "assay/view/route_evaluate.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

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

report::Json json_of(const sim::QueryRouting& row) {
  report::Json json = report::Json::object();
  json.set("name", row.name).set("accuracy", mean(row.accuracy)).set("accuracy_se", row.accuracy.se);
  json.set("cost", row.cost);
  json.set("regret_to_oracle", mean(row.regret_to_oracle)).set("regret_to_oracle_se", row.regret_to_oracle.se);
  return json.set("gain", mean(row.gain)).set("gain_se", row.gain.se);
}

std::string tasks_text(const app::RouteEvaluateReport& report, bool colour) {
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

std::string queries_text(const app::RouteEvaluateReport& report, bool colour) {
  if (report.replay.per_query.empty()) return "";
  report::Table table({{"single queries"},
                       {"accuracy", report::Align::right},
                       {"above best single", report::Align::right},
                       {"regret to oracle", report::Align::right},
                       {"per M tokens", report::Align::right}});
  for (const sim::QueryRouting& row : report.replay.per_query) {
    table.add_row({row.name, points(row.accuracy), points_gained(row.gain), points(row.regret_to_oracle),
                   dollars_text(row.cost)});
  }
  return "\n" + table.text(colour);
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
  }
  report::Json rules = report::Json::array();
  for (const sim::TaskRouting& row : replay.rules) rules.add(json_of(row));
  json.set("scores", std::move(rules));
  report::Json per_query = report::Json::array();
  for (const sim::QueryRouting& row : replay.per_query) per_query.add(json_of(row));
  json.set("per_query", std::move(per_query));
  json.set("abstained", replay.abstained);
  json.set("coverage", replay.coverage.mean).set("coverage_se", replay.coverage.se);
  json.set("interval_width", replay.interval_width);
  json.set("brier", replay.brier).set("brier_of_accuracy", replay.brier_of_accuracy);
  json.set("calibration_error", replay.calibration_error);
  return json.set("notes", report::Json::array_of(report.notes)).pretty();
}

std::string to_text(const app::RouteEvaluateReport& report, bool colour) {
  const sim::RouteReplay& replay = report.replay;
  std::string text = tasks_text(report, colour) + queries_text(report, colour);
  text += "\n" + report::counted(report.queries, "query", "queries") + " of " +
          report::counted(report.tasks.size(), "task") + ", each left out in turn; " +
          report::counted(report.models.size(), "model") + "; embedding " + escaped(report.embedding) + "\n";
  if (report.request.pools > 0) {
    text += fmt::format(
        "Means over {} of {} random pools of {} models within {:g} points, where the best of a task is "
        "more than 1 point above bma\n",
        report::grouped(replay.pools), report::grouped(replay.pools_drawn), report.request.pool_size,
        report.request.pool_spread);
  }
  text += "Accuracies in points, standard errors over tasks, or over single queries, in brackets\n";
  text += "assay returned bma for want of better in " + report::percent(replay.abstained, 1) +
          "; its 95 % intervals, " + report::fixed(100 * replay.interval_width, 1) + " points wide, held in " +
          report::percent(replay.coverage.mean, 1) + "\n";
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
