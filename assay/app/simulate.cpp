#include "assay/app/simulate.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/app/parameters_report.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/plot.h"
#include "assay/report/table.h"

namespace assay {
namespace {

std::vector<const StrategyEntry*> entries_of(const SimulateRequest& request) {
  std::vector<const StrategyEntry*> entries;
  for (const std::string& name : request.strategies) {
    const StrategyEntry& entry = strategy(name);
    if (std::find(entries.begin(), entries.end(), &entry) != entries.end()) {
      throw InvalidArgument("strategy " + quoted(name) + " is named twice");
    }
    entries.push_back(&entry);
  }
  if (entries.empty()) {
    for (const StrategyEntry& entry : strategies()) entries.push_back(&entry);
  }
  return entries;
}

Json by_tolerance(const std::array<std::optional<double>, kTolerances.size()>& values) {
  Json json = Json::object();
  for (std::size_t d = 0; d < kTolerances.size(); ++d) {
    json.set(fmt::format("{}", kTolerances[d]), values[d] ? Json(*values[d]) : Json());
  }
  return json;
}

Json json_of(std::span<const StopResult> stops) {
  Json json = Json::array();
  for (const StopResult& stop : stops) {
    json.add(Json::object()
                 .set("rule", name(stop.rule))
                 .set("confidence", stop.confidence)
                 .set("epsilon", stop.epsilon)
                 .set("calls_mean", stop.calls_mean)
                 .set("calls_p95", stop.calls_p95)
                 .set("wrong", stop.wrong)
                 .set("undecided", stop.undecided));
  }
  return json;
}

// When strategies that stop by themselves did.
std::string stops_text(const SimulateReport& report, bool colour) {
  Table table({{"strategy"},
               {"stops by rule"},
               {"confidence", Align::right},
               {"mean", Align::right},
               {"95th percentile", Align::right},
               {"wrong", Align::right},
               {"undecided", Align::right}});
  const auto m = static_cast<double>(report.models);
  bool any = false;
  for (const SimulateReport::Strategy& row : report.strategies) {
    for (const StopResult& stop : row.result.stops) {
      any = true;
      table.add_row({std::string(row.entry->name), std::string(name(stop.rule)), percent(stop.confidence, 0),
                     fixed(stop.calls_mean / m, 1), fixed(stop.calls_p95 / m, 1), percent(stop.wrong, 2),
                     percent(stop.undecided, 1)});
    }
  }
  if (!any) return "";
  return "\n" + table.text(colour) +
         "\nmean, 95th percentile: query equivalents when it stops, told a tolerance of " +
         fmt::format("{:g} points", 100 * report.epsilon) +
         "; wrong: stopped at a model that is further from the best\n";
}

void fill_efficiency(std::vector<SimulateReport::Strategy>& rows) {
  std::vector<const ReplayResult*> baselines;
  for (const SimulateReport::Strategy& row : rows) {
    if (row.entry->baseline) baselines.push_back(&row.result);
  }
  for (SimulateReport::Strategy& row : rows) row.efficiency = efficiency(row.result, baselines);
}

}  // namespace

SimulateReport run_simulate(const SimulateRequest& request, const StartProgress& start) {
  const std::vector<const StrategyEntry*> entries = entries_of(request);
  Study study(request.study, Study::Mode::write_if_possible);
  const Comparison comparison = study.comparison(request.choice);
  Evidence evidence(study, comparison, request.weak, request.threads, start);

  ReplaySetup setup;
  setup.outcomes = &comparison.outcomes;
  setup.realizations = request.realizations;
  setup.pool = request.pool.value_or(std::max<std::size_t>(1, comparison.queries.size() * 5 / 8));
  setup.budget = request.budget.value_or(setup.pool);
  setup.seed = request.seed;
  setup.confidence = request.confidence;
  setup.epsilon = request.epsilon;
  setup.batch = request.batch;
  setup.threads = request.threads;
  check(setup);

  SimulateReport report;
  report.study = request.study;
  report.judge = comparison.judge;
  report.baseline = comparison.baseline;
  report.queries = comparison.queries.size();
  report.models = comparison.models.size();
  report.realizations = setup.realizations;
  report.pool = setup.pool;
  report.budget = setup.budget;
  report.seed = setup.seed;
  report.confidence = setup.confidence;
  report.epsilon = setup.epsilon;
  report.batch = setup.batch;
  report.notes = comparison.notes;

  std::vector<Competitor> competitors;
  for (const StrategyEntry* entry : entries) {
    if (entry->needs_weak) setup.weak = &evidence.weak();
    if (entry->needs_similarity) setup.similarity = &evidence.similarity();
    if (entry->uses_features) setup.features = evidence.features();
    competitors.push_back({entry, evidence.parameters(*entry, request.parameters),
                           entry->stops ? entry->returns : request.returns.value_or(entry->returns)});
  }
  const std::vector<ReplayResult> results = replay(setup, competitors, start ? start("replay") : Progress{});
  for (std::size_t i = 0; i < competitors.size(); ++i) {
    const Competitor& competitor = competitors[i];
    report.strategies.push_back({competitor.entry, competitor.returns, competitor.parameters, results[i], {}});
  }
  fill_efficiency(report.strategies);
  return report;
}

std::string to_json(const SimulateReport& report) {
  Json json = Json::object();
  json.set("study", report.study).set("judge", report.judge).set("baseline", report.baseline);
  json.set("queries", report.queries).set("models", report.models).set("realizations", report.realizations);
  json.set("pool", report.pool).set("budget", report.budget).set("seed", report.seed);
  json.set("confidence", report.confidence).set("epsilon", report.epsilon).set("batch", report.batch);
  json.set("seconds", report.seconds ? Json(*report.seconds) : Json());
  Json rows = Json::array();
  for (const SimulateReport::Strategy& row : report.strategies) {
    Json object = Json::object();
    object.set("name", row.entry->name).set("returns", name(row.returns));
    object.set("parameters", json_of(*row.entry, row.parameters));
    object.set("identification", Json::array_of(row.result.identification));
    object.set("gap95", Json::array_of(row.result.gap95)).set("gap_mean", Json::array_of(row.result.gap_mean));
    object.set("labels_to_reach", by_tolerance(row.result.labels_to_reach));
    object.set("efficiency", by_tolerance(row.efficiency));
    if (row.entry->stops) object.set("stop", json_of(row.result.stops));
    rows.add(object);
  }
  json.set("strategies", rows).set("notes", Json::array_of(report.notes));
  return json.pretty();
}

std::string to_text(const SimulateReport& report, bool colour) {
  const auto labels = [](const std::optional<double>& value) {
    return value ? fixed(*value, 1) : std::string("-");
  };
  const auto share = [](const std::optional<double>& value) {
    return value ? percent(*value, 1) : std::string("-");
  };
  Table table({{"strategy"},
               {"parameters"},
               {"identified", Align::right},
               {"d = 0", Align::right},
               {"1 %", Align::right},
               {"2.5 %", Align::right},
               {"5 %", Align::right},
               {"saved at 0", Align::right},
               {"1 %", Align::right},
               {"2.5 %", Align::right},
               {"5 %", Align::right}});
  for (const SimulateReport::Strategy& row : report.strategies) {
    const auto& reach = row.result.labels_to_reach;
    table.add_row({std::string(row.entry->name), text_of(*row.entry, row.parameters),
                   percent(row.result.identification.back(), 1), labels(reach[0]), labels(reach[1]),
                   labels(reach[2]), labels(reach[3]), share(row.efficiency[0]), share(row.efficiency[1]),
                   share(row.efficiency[2]), share(row.efficiency[3])});
  }
  std::string text = grouped(report.models) + " models, pools of " + grouped(report.pool) + " of " +
                     grouped(report.queries) + " queries, " + grouped(report.realizations) +
                     " realizations, seed " + std::to_string(report.seed) + "\n\n" + table.text(colour);
  text += "\nidentified: share of realizations whose returned model is the pool's best after " +
          grouped(report.budget) + " query equivalents\nd: query equivalents until " +
          percent(report.confidence, 0) +
          " of the realizations stay within d of the pool's best win rate\nsaved: against the best of the baseline "
          "strategies in this table\n";
  text += stops_text(report, colour);
  for (const std::string& note : report.notes) text += "Note: " + escaped(note) + "\n";
  return text;
}

std::string to_svg(const SimulateReport& report) {
  LinePlot plot;
  plot.title = "Probability that the returned model is the best";
  plot.x = {.title = "query equivalents judged", .from = 0};
  plot.y = {.title = "identification probability", .from = 0, .to = 1, .percent = true};
  for (const SimulateReport::Strategy& row : report.strategies) {
    PlotSeries series{.name = std::string(row.entry->name), .x = {}, .y = row.result.identification};
    for (std::size_t b = 1; b <= row.result.identification.size(); ++b) series.x.push_back(static_cast<double>(b));
    plot.series.push_back(std::move(series));
  }
  plot.references.push_back({ReferenceLine::Direction::horizontal, report.confidence, ""});
  return svg(plot);
}

}  // namespace assay
