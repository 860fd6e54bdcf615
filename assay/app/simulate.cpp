#include "assay/app/simulate.h"

#include <algorithm>
#include <utility>

#include "assay/app/replay_part_file.h"
#include "assay/asking/held_comparison.h"
#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::app {
namespace {

using Entry = std::shared_ptr<const select::StrategyEntry>;

std::vector<Entry> entries_of(const SimulateRequest& request) {
  std::vector<std::string> names = request.strategies;
  if (names.empty()) {
    for (const select::StrategyEntry& entry : select::strategies()) names.emplace_back(entry.name);
  }
  std::vector<Entry> entries;
  for (const std::string& name : names) {
    if (std::ranges::any_of(entries, [&](const Entry& entry) { return entry->name == name; })) {
      throw InvalidArgument("strategy " + quoted(name) + " is named twice");
    }
    entries.push_back(asking::find_strategy(name, request.program));
  }
  return entries;
}

// What would be ignored is not taken silently.
void check_each_used(const GivenParameters& given, const std::vector<Entry>& entries) {
  for (const auto& parameter : given) {
    const std::string& name = parameter.first;
    const auto uses = [&](const Entry& entry) { return has_parameter(entry->parameters, name); };
    if (std::ranges::any_of(entries, uses)) continue;
    throw InvalidArgument("none of these strategies uses " + field_of(name) + ", which goes with " +
                          rows_with(select::strategies(), name));
  }
}

std::optional<asking::Assistant> assistant_of(const SimulateRequest& request, const std::vector<Entry>& entries,
                                              const store::Comparison& comparison, store::Study& study) {
  if (request.assistant_judge.empty()) return std::nullopt;
  if (std::ranges::none_of(entries, [](const Entry& entry) { return entry->uses_assistant; })) {
    throw InvalidArgument(
        "none of these strategies looks at another judge: `assistant_judge` goes with strategy assay");
  }
  const std::string judge = asking::judge_key(study, request.choice, comparison);
  return asking::assistant_of(study, comparison, request.choice, request.assistant_judge, judge);
}

// Of models in use, of their answers, and of judging them.
void take_prices(const SimulateRequest& request, const store::Study& study, const store::Comparison& comparison,
                 sim::ReplaySetup& setup) {
  if (request.good_enough) setup.good_enough = store::reward_difference(*request.good_enough, comparison);
  if (request.judge_price && !request.prices) {
    throw InvalidArgument("`judge_price` is told beside prices of the candidates: give `candidate_prices`, too");
  }
  if (!request.good_enough && !request.prices) return;
  const asking::CandidatePrices prices =
      asking::candidate_prices(study, comparison, request.prices.value_or(asking::CandidatePriceOptions()));
  if (request.good_enough) setup.prices = asking::known_prices(prices, comparison, /*with_baseline=*/false);
  if (!request.judge_price) return;
  if (prices.prefer != asking::Preference::price) {
    throw InvalidArgument("`judge_price` is told beside prices in dollars: leave out `prefer`");
  }
  asking::known_prices(prices, comparison, /*with_baseline=*/false);
  setup.generating = prices.of_answers;
  setup.judging = asking::judging_prices(study, comparison, *request.judge_price);
}

void fill_efficiency(std::vector<SimulateReport::Strategy>& rows) {
  std::vector<const sim::ReplayResult*> baselines;
  for (const SimulateReport::Strategy& row : rows) {
    if (row.entry->baseline) baselines.push_back(&row.result);
  }
  for (SimulateReport::Strategy& row : rows) row.efficiency = sim::efficiency(row.result, baselines);
}

// An experiment before it is replayed. Stays where it is: `setup` points into it.
struct Experiment {
  store::Comparison comparison;
  std::optional<asking::Assistant> assistant;
  sim::ReplaySetup setup;
  std::vector<Entry> rows;  // of the competitors
  std::vector<sim::Competitor> competitors;
};

std::unique_ptr<Experiment> experiment_of(const SimulateRequest& request, const StartProgress& start) {
  const std::vector<Entry> entries = entries_of(request);
  check_each_used(request.parameters, entries);
  store::Study study(request.study, store::Study::Mode::write_if_possible);
  auto experiment = std::make_unique<Experiment>();
  store::Comparison& comparison = experiment->comparison;
  comparison = asking::recorded_comparison(study, request.choice);
  const std::optional<asking::Assistant>& assistant = experiment->assistant;
  experiment->assistant = assistant_of(request, entries, comparison, study);
  asking::StrategyInputs inputs(study, comparison, nullptr, request.weak, request.threads, start);

  sim::ReplaySetup& setup = experiment->setup;
  setup.rewards = &comparison.rewards;
  setup.weights = comparison.weights;
  setup.step = comparison.step;
  setup.realizations = request.realizations;
  setup.pool = request.pool.value_or(std::max<std::size_t>(1, comparison.queries.size() * 5 / 8));
  setup.budget = request.budget.value_or(setup.pool);
  setup.seed = request.seed;
  setup.confidence = request.confidence;
  setup.epsilon = store::reward_difference(request.epsilon, comparison);
  setup.within = store::reward_difference(request.within, comparison);
  setup.batch = request.batch;
  setup.threads = request.threads;
  take_prices(request, study, comparison, setup);
  sim::check(setup);

  std::vector<Entry>& rows = experiment->rows;
  std::vector<sim::Competitor>& competitors = experiment->competitors;
  for (const Entry& entry : entries) {
    if (entry->needs_weak) setup.weak = inputs.weak();
    if (entry->needs_similarity) setup.similarity = inputs.similarity();
    if (entry->uses_features) setup.features = inputs.features();
    if (entry->told_names) setup.names = inputs.names();
    competitors.push_back({entry.get(), inputs.parameters(*entry, request.parameters),
                           entry->stops ? entry->returns : request.returns.value_or(entry->returns)});
    rows.push_back(entry);
    const sim::Competitor plain = competitors.back();
    if (!setup.generating.empty() && entry->stops) {
      competitors.push_back(plain);
      competitors.back().lazy = true;
      rows.push_back(entry);
    }
    if (!assistant || !entry->uses_assistant) continue;
    competitors.push_back(plain);
    competitors.back().assistant = assistant->rewards;
    rows.push_back(entry);
  }
  return experiment;
}

std::vector<sim::ReplayResult> results_of(const SimulateRequest& request, const Experiment& experiment,
                                          const StartProgress& start) {
  if (request.parts.empty()) {
    return sim::replay(experiment.setup, experiment.competitors, start ? start("replay") : Progress{});
  }
  std::vector<ReplayPartFile> files;
  std::vector<sim::PlayedPart> parts;
  for (const std::string& path : request.parts) {
    files.emplace_back(path, experiment.setup, experiment.competitors);
    parts.push_back(files.back().played());
  }
  return sim::replay_of_parts(experiment.setup, experiment.competitors, parts);
}

}  // namespace

SimulateReport run_simulate(const SimulateRequest& request, const StartProgress& start) {
  const std::unique_ptr<const Experiment> experiment = experiment_of(request, start);
  const store::Comparison& comparison = experiment->comparison;
  const sim::ReplaySetup& setup = experiment->setup;
  SimulateReport report;
  report.study = request.study;
  report.judge = comparison.judge;
  report.baseline = comparison.baseline;
  report.measure = comparison.measure;
  report.averaging = comparison.averaging;
  report.scale = comparison.scale;
  report.queries = comparison.queries.size();
  report.models = comparison.models.size();
  report.realizations = setup.realizations;
  report.pool = setup.pool;
  report.budget = setup.budget;
  report.seed = setup.seed;
  report.confidence = setup.confidence;
  report.epsilon = setup.epsilon;
  report.within = setup.within;
  report.batch = setup.batch;
  report.good_enough = setup.good_enough;
  if (setup.good_enough) report.prefer = request.prices.value_or(asking::CandidatePriceOptions()).prefer;
  report.notes = comparison.notes;

  const std::vector<sim::ReplayResult> results = results_of(request, *experiment, start);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const sim::Competitor& competitor = experiment->competitors[i];
    const bool assisted = competitor.assistant != nullptr;
    report.strategies.push_back({.entry = experiment->rows[i],
                                 .returns = competitor.returns,
                                 .parameters = competitor.parameters,
                                 .lazy = competitor.lazy,
                                 .assisted = assisted,
                                 .result = results[i],
                                 .efficiency = {}});
  }
  if (experiment->assistant) {
    report.assistant =
        asking::assistant_report(*experiment->assistant, comparison.rewards, comparison, std::string());
  }
  fill_efficiency(report.strategies);
  return report;
}

void run_simulate_part(const SimulateRequest& request, const sim::Part& part, const std::string& path,
                       const StartProgress& start) {
  const std::unique_ptr<const Experiment> experiment = experiment_of(request, start);
  write_replay_part(path, experiment->setup, experiment->competitors, part, start ? start("replay") : Progress{});
}

}  // namespace assay::app
