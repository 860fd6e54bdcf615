#include "assay/view/simulate.h"

#include <fmt/format.h>

#include "assay/core/error.h"
#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/plot.h"
#include "assay/report/table.h"
#include "assay/stats/intervals.h"
#include "assay/view/assistant.h"
#include "assay/view/averaging.h"
#include "assay/view/candidate_prices.h"
#include "assay/view/measure.h"
#include "assay/view/parameters.h"
#include "assay/view/plot_style.h"

namespace assay::view {
namespace {

report::Json by_tolerance(const std::array<std::optional<double>, sim::kTolerances.size()>& values) {
  report::Json json = report::Json::object();
  for (std::size_t d = 0; d < sim::kTolerances.size(); ++d) {
    json.set(fmt::format("{}", sim::kTolerances[d]), values[d] ? report::Json(*values[d]) : report::Json());
  }
  return json;
}

report::Json json_of(const sim::StopResult::Dollars& dollars) {
  return report::Json::object()
      .set("mean", dollars.mean)
      .set("p95", dollars.p95)
      .set("judging", dollars.judging)
      .set("all", dollars.all)
      .set("all_generating", dollars.all_generating)
      .set("share", dollars.share)
      .set("share_p95", dollars.share_p95);
}

// A list, as older versions stopped by several rules and at several confidences.
report::Json json_of(const std::optional<sim::StopResult>& stop) {
  report::Json json = report::Json::array();
  if (!stop) return json;
  json.add(report::Json::object()
               .set("rule", "guaranteed")
               .set("confidence", stop->confidence)
               .set("epsilon", stop->epsilon)
               .set("calls_mean", stop->calls_mean)
               .set("calls_p95", stop->calls_p95)
               .set("wrong", stop->wrong)
               .set("undecided", stop->undecided)
               .set("dollars", stop->dollars ? json_of(*stop->dollars) : report::Json()));
  return json;
}

std::string name_of(const app::SimulateReport& report, const app::SimulateReport::Strategy& row) {
  std::string name(row.entry->name);
  if (row.lazy) name += ", lazy";
  return row.assisted ? name + " with " + shown_assistant(report.assistant->judge) : name;
}

// What the assistant is worth: of each strategy the pair without and with it.
std::string assistant_text(const app::SimulateReport& report) {
  if (!report.assistant) return "";
  std::string text = "\n" + to_text(*report.assistant) + "\n";
  const auto m = static_cast<double>(report.models);
  for (std::size_t i = 1; i < report.strategies.size(); ++i) {
    const app::SimulateReport::Strategy& row = report.strategies[i];
    if (!row.assisted || !row.result.stop) continue;
    const double with = row.result.stop->calls_mean;
    const double without = report.strategies[i - 1].result.stop->calls_mean;
    text += fmt::format("With it {} stops after {} query equivalents, without it after {}: it ", row.entry->name,
                        report::fixed(with / m, 1), report::fixed(without / m, 1));
    text += with <= without ? "saves " + report::percent(1 - with / without, 1)
                            : "costs " + report::percent(with / without - 1, 1) + " more";
    text += " of the judge's calls\n";
  }
  return text;
}

// What runs of strategies that stop by themselves cost.
std::string costs_text(const app::SimulateReport& report, bool colour) {
  report::Table table({{"strategy"},
                       {"dollars", report::Align::right},
                       {"95th percentile", report::Align::right},
                       {"of that judging", report::Align::right},
                       {"everything", report::Align::right},
                       {"share", report::Align::right},
                       {"95th percentile", report::Align::right}});
  bool any = false;
  for (const app::SimulateReport::Strategy& row : report.strategies) {
    if (!row.result.stop || !row.result.stop->dollars) continue;
    const sim::StopResult::Dollars& dollars = *row.result.stop->dollars;
    any = true;
    table.add_row({name_of(report, row), dollars_text(dollars.mean), dollars_text(dollars.p95),
                   dollars_text(dollars.judging), dollars_text(dollars.all), report::percent(dollars.share, 1),
                   report::percent(dollars.share_p95, 1)});
  }
  if (!any) return "";
  return "\n" + table.text(colour) +
         "\ndollars: generating and judging until it stops; share: of generating and judging everything in the "
         "pool; "
         "lazy: answers are generated when they are to be judged, else all are first\n";
}

// When strategies that stop by themselves did.
std::string stops_text(const app::SimulateReport& report, bool colour) {
  report::Table table({{"strategy"},
                       {"confidence", report::Align::right},
                       {"mean", report::Align::right},
                       {"95th percentile", report::Align::right},
                       {"wrong", report::Align::right},
                       {"undecided", report::Align::right}});
  const auto m = static_cast<double>(report.models);
  bool any = false;
  for (const app::SimulateReport::Strategy& row : report.strategies) {
    if (!row.result.stop) continue;
    const sim::StopResult& stop = *row.result.stop;
    any = true;
    table.add_row({name_of(report, row), report::percent(stop.confidence, 0), report::fixed(stop.calls_mean / m, 1),
                   report::fixed(stop.calls_p95 / m, 1), report::percent(stop.wrong, 2),
                   report::percent(stop.undecided, 1)});
  }
  if (!any) return "";
  std::string text = "\n" + table.text(colour) + "\nmean, 95th percentile: query equivalents when it stops, ";
  if (report.good_enough) {
    return text + "looking for the " + std::string(least_text(*report.prefer)) + " model within " +
           difference_text(report.measure, report.scale, *report.good_enough) +
           " of the best; wrong: stopped at another one\n";
  }
  return text + "told a tolerance of " + difference_text(report.measure, report.scale, report.epsilon) +
         "; wrong: stopped at a model that is further from the best\n";
}

}  // namespace

std::string to_json(const app::SimulateReport& report) {
  report::Json json = report::Json::object();
  json.set("study", report.study).set("judge", report.judge).set("baseline", report.baseline);
  json.set("measure", store::name(report.measure)).set("averaging", json_of(report.averaging));
  json.set("queries", report.queries).set("models", report.models).set("realizations", report.realizations);
  json.set("pool", report.pool).set("budget", report.budget).set("seed", report.seed);
  json.set("confidence", report.confidence).set("epsilon", report.epsilon).set("batch", report.batch);
  json.set("good_enough", report.good_enough ? report::Json(*report.good_enough) : report::Json());
  json.set("prefer", report.prefer ? report::Json(asking::name(*report.prefer)) : report::Json());
  json.set("seconds", report.seconds ? report::Json(*report.seconds) : report::Json());
  json.set("assistant", report.assistant ? to_json(*report.assistant) : report::Json());
  report::Json rows = report::Json::array();
  for (const app::SimulateReport::Strategy& row : report.strategies) {
    report::Json object = report::Json::object();
    object.set("name", row.entry->name).set("returns", select::name(row.returns));
    object.set("lazy", row.lazy);
    object.set("assistant", row.assisted ? report::Json(report.assistant->judge) : report::Json());
    object.set("parameters", json_of(row.parameters));
    object.set("identification", report::Json::array_of(row.result.identification));
    object.set("gap95", report::Json::array_of(row.result.gap95))
        .set("gap_mean", report::Json::array_of(row.result.gap_mean));
    object.set("labels_to_reach", by_tolerance(row.result.labels_to_reach));
    object.set("efficiency", by_tolerance(row.efficiency));
    if (row.entry->stops) object.set("stop", json_of(row.result.stop));
    rows.add(object);
  }
  json.set("strategies", rows).set("notes", report::Json::array_of(report.notes));
  return json.pretty();
}

std::string to_text(const app::SimulateReport& report, bool colour) {
  const auto labels = [](const std::optional<double>& value) {
    return value ? report::fixed(*value, 1) : std::string("-");
  };
  const auto share = [](const std::optional<double>& value) {
    return value ? report::percent(*value, 1) : std::string("-");
  };
  report::Table table({{"strategy"},
                       {"parameters"},
                       {"identified", report::Align::right},
                       {"d = 0", report::Align::right},
                       {"1 %", report::Align::right},
                       {"2.5 %", report::Align::right},
                       {"5 %", report::Align::right},
                       {"saved at 0", report::Align::right},
                       {"1 %", report::Align::right},
                       {"2.5 %", report::Align::right},
                       {"5 %", report::Align::right}});
  for (const app::SimulateReport::Strategy& row : report.strategies) {
    const auto& reach = row.result.labels_to_reach;
    table.add_row({name_of(report, row), text_of(row.parameters),
                   report::percent(row.result.identification.back(), 1), labels(reach[0]), labels(reach[1]),
                   labels(reach[2]), labels(reach[3]), share(row.efficiency[0]), share(row.efficiency[1]),
                   share(row.efficiency[2]), share(row.efficiency[3])});
  }
  std::string text = report::grouped(report.models) + " models, pools of " + report::grouped(report.pool) + " of " +
                     report::grouped(report.queries) + " queries" + text_of(report.averaging) + ", " +
                     report::grouped(report.realizations) + " realizations, seed " + std::to_string(report.seed) +
                     "\n\n" + table.text(colour);
  text += "\nidentified: share of realizations whose returned model is the pool's best after " +
          report::grouped(report.budget) + " query equivalents\nd: query equivalents until " +
          report::percent(report.confidence, 0) +
          " of the realizations stay within d of the pool's best win rate\nsaved: against the best of the baseline "
          "strategies in this table\n";
  text += stops_text(report, colour);
  text += costs_text(report, colour);
  text += assistant_text(report);
  for (const std::string& note : report.notes) text += "Note: " + escaped(with_options(note)) + "\n";
  return text;
}

std::string to_svg(const app::SimulateReport& report) {
  report::LinePlot plot;
  const auto runs = static_cast<double>(report.realizations);
  const std::string near =
      report.within > 0 ? "within " + difference_text(report.measure, report.scale, report.within) + " of the best"
                        : "the best";
  plot.title = plot_title(report.study, "probability that the returned model is " + near);
  plot.x = {.title = "query equivalents judged", .from = 0};
  plot.y = {.title = report.within > 0 ? "share of realizations" : "identification probability",
            .from = 0,
            .to = 1,
            .percent = true};
  for (const app::SimulateReport::Strategy& row : report.strategies) {
    report::PlotSeries series{.name = name_of(report, row), .x = {}, .y = row.result.within};
    for (std::size_t b = 1; b <= series.y.size(); ++b) {
      const stats::Interval interval = stats::share_interval(series.y[b - 1], runs);
      series.x.push_back(static_cast<double>(b));
      series.band.low.push_back(interval.low);
      series.band.high.push_back(interval.high);
    }
    series.band.x = series.x;
    add_series(plot, std::move(series), series_style(row.entry->name, row.assisted));
  }
  plot.references.push_back({report::ReferenceLine::Direction::horizontal, report.confidence, ""});
  return report::svg(plot);
}

}  // namespace assay::view
