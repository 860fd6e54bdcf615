#include <fmt/format.h>

#include <cmath>
#include <string>

#include "assay/app/route_evaluate.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay {
namespace {

Json mean(const MeanWithError& value) { return value.mean; }

// "44.10 ± 0.90" in points; the error where there is one.
std::string points(const MeanWithError& value) {
  if (std::isnan(value.mean)) return "-";
  const std::string text = fixed(100 * value.mean, 2);
  return std::isnan(value.error) ? text : text + " (" + fixed(100 * value.error, 2) + ")";
}

std::string signed_points(const MeanWithError& value) { return (value.mean > 0 ? "+" : "") + points(value); }

Json json_of(const TaskRouting& row) {
  Json json = Json::object();
  json.set("name", row.name).set("accuracy", mean(row.accuracy)).set("accuracy_se", row.accuracy.error);
  json.set("ratio_to_best", mean(row.ratio_to_best)).set("ratio_to_best_se", row.ratio_to_best.error);
  json.set("pearson", mean(row.pearson)).set("spearman", mean(row.spearman));
  json.set("share_bma", mean(row.share_bma)).set("mean_params", mean(row.mean_params)).set("rank", mean(row.rank));
  json.set("gain", mean(row.gain)).set("gain_se", row.gain.error);
  return json.set("behind_assay", mean(row.behind_assay)).set("behind_assay_se", row.behind_assay.error);
}

Json json_of(const QueryRouting& row) {
  Json json = Json::object();
  json.set("name", row.name).set("accuracy", mean(row.accuracy)).set("accuracy_se", row.accuracy.error);
  json.set("cost", row.cost);
  json.set("regret_to_oracle", mean(row.regret_to_oracle)).set("regret_to_oracle_se", row.regret_to_oracle.error);
  return json.set("gain", mean(row.gain)).set("gain_se", row.gain.error);
}

std::string tasks_text(const RouteEvaluateReport& report, bool colour) {
  Table table({{"score"},
               {"accuracy", Align::right},
               {"above bma", Align::right},
               {"below assay", Align::right},
               {"ratio to best", Align::right},
               {"Pearson", Align::right},
               {"Spearman", Align::right},
               {"is bma", Align::right},
               {"size", Align::right},
               {"rank", Align::right}});
  for (const TaskRouting& row : report.replay.scores) {
    table.add_row({row.name, points(row.accuracy), signed_points(row.gain), points(row.behind_assay),
                   fixed(row.ratio_to_best.mean, 3), fixed(row.pearson.mean, 2), fixed(row.spearman.mean, 2),
                   percent(row.share_bma.mean, 0), fixed(row.mean_params.mean / 1e9, 1), fixed(row.rank.mean, 2)});
  }
  return table.text(colour);
}

std::string queries_text(const RouteEvaluateReport& report, bool colour) {
  if (report.replay.per_query.empty()) return "";
  Table table({{"single queries"},
               {"accuracy", Align::right},
               {"above best single", Align::right},
               {"regret to oracle", Align::right},
               {"dollars", Align::right}});
  for (const QueryRouting& row : report.replay.per_query) {
    table.add_row({row.name, points(row.accuracy), signed_points(row.gain), points(row.regret_to_oracle),
                   fixed(row.cost, 3)});
  }
  return "\n" + table.text(colour);
}

}  // namespace

std::string to_json(const RouteEvaluateReport& report) {
  const RouteReplay& replay = report.replay;
  Json json = Json::object();
  json.set("study", report.request.study).set("embedding", report.embedding).set("seed", report.request.seed);
  json.set("tasks", Json::array_of(report.tasks)).set("models", Json::array_of(report.models));
  json.set("queries", report.queries).set("labelled", report.request.labelled);
  json.set("pools", replay.pools).set("pools_drawn", replay.pools_drawn);
  if (report.request.pools > 0) {
    json.set("pool_size", report.request.pool_size).set("pool_spread", report.request.pool_spread);
  }
  Json scores = Json::array();
  for (const TaskRouting& row : replay.scores) scores.add(json_of(row));
  json.set("scores", std::move(scores));
  Json per_query = Json::array();
  for (const QueryRouting& row : replay.per_query) per_query.add(json_of(row));
  json.set("per_query", std::move(per_query));
  json.set("abstained", replay.abstained);
  json.set("coverage", replay.coverage.mean).set("coverage_se", replay.coverage.error);
  json.set("interval_width", replay.interval_width);
  json.set("brier", replay.brier).set("brier_of_accuracy", replay.brier_of_accuracy);
  json.set("calibration_error", replay.calibration_error);
  return json.set("notes", Json::array_of(report.notes)).pretty();
}

std::string to_text(const RouteEvaluateReport& report, bool colour) {
  const RouteReplay& replay = report.replay;
  std::string text = tasks_text(report, colour) + queries_text(report, colour);
  text += "\n" + counted(report.queries, "query", "queries") + " of " + counted(report.tasks.size(), "task") +
          ", each left out in turn; " + counted(report.models.size(), "model") + "; embedding " +
          escaped(report.embedding) + "\n";
  if (report.request.pools > 0) {
    text += fmt::format(
        "Means over {} of {} random pools of {} models within {:g} points, where the best of a task is "
        "more than 1 point above bma\n",
        grouped(replay.pools), grouped(replay.pools_drawn), report.request.pool_size, report.request.pool_spread);
  }
  text += "Accuracies in points, standard errors over tasks, or over single queries, in brackets\n";
  text += "assay returned bma for want of better in " + percent(replay.abstained, 1) + "; its 95 % intervals, " +
          fixed(100 * replay.interval_width, 1) + " points wide, held in " + percent(replay.coverage.mean, 1) +
          "\n";
  if (!replay.per_query.empty()) {
    text += fmt::format(
        "Chances of single queries: Brier score {:.4f}, of the accuracies alone {:.4f}; off by {:.2f} "
        "points\n",
        replay.brier, replay.brier_of_accuracy, 100 * replay.calibration_error);
  }
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  return text;
}

}  // namespace assay
