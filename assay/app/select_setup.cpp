#include "assay/app/select_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/asking/allocate_run.h"
#include "assay/asking/carried_draws.h"
#include "assay/asking/run_choice.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/core/error.h"

namespace assay::app {
namespace {

bool asks_for_decision(const SelectRequest& request) {
  return request.epsilon || request.confidence || request.population || request.good_enough;
}

// Those that candidates have in their file are known before they answer.
asking::CandidatePrices prices_of(const SelectRequest& request, const store::Study& study,
                                  const store::Comparison& comparison) {
  const asking::CandidatePriceOptions options = request.prices.value_or(asking::CandidatePriceOptions());
  const bool listed = options.file.empty() && options.prefer == asking::Preference::price;
  return listed && !request.candidates.empty() ? asking::list_prices(study, comparison, request.candidates)
                                               : asking::candidate_prices(study, comparison, options);
}

select::ReturnRule returns_of(const SelectRequest& request, const select::StrategyEntry& entry) {
  const select::ReturnRule returns = request.returns.value_or(entry.returns);
  if (entry.stops && returns != entry.returns) {
    throw InvalidArgument("strategy " + std::string(entry.name) + " returns the model that it decides for, by " +
                          std::string(name(entry.returns)) + "; another way to return goes with other strategies");
  }
  return returns;
}

// A strategy must see the same texts in a run that goes on as at its beginning: none of those that come on the way.
std::shared_ptr<const ResponseTable> texts_to_look_at(const SelectRequest& request, const asking::JudgeTask& task) {
  if (!request.choice.to_be_answered) return task.responses();
  return std::make_shared<const ResponseTable>(task.comparison().queries.size(), task.comparison().models.size());
}

}  // namespace

std::string draws_at_start(const std::string& carried, const asking::RunStart& begin) {
  return carried + ":" + begin.name;
}

std::size_t budget_in_calls(const SelectRequest& request, const store::Comparison& comparison) {
  const std::size_t all = comparison.queries.size() * comparison.models.size();
  if (request.budget && request.calls) throw InvalidArgument("`budget` and `calls` say the same: give one of them");
  if (request.calls) {
    asking::check_budget(*request.calls);
    return std::min(all, *request.calls);
  }
  if (!request.budget) return all;
  if (!(*request.budget > 0) || !std::isfinite(*request.budget)) {
    throw InvalidArgument("the budget must be a positive number of query equivalents, came " +
                          std::to_string(*request.budget));
  }
  const double calls = std::round(*request.budget * static_cast<double>(comparison.models.size()));
  return calls >= static_cast<double>(all) ? all : std::max<std::size_t>(1, static_cast<std::size_t>(calls));
}

// What would be ignored is not taken silently.
void check_used(const GivenParameters& given, const select::StrategyEntry& entry) {
  for (const auto& [name, value] : given) {
    if (has_parameter(entry.parameters, name)) continue;
    throw InvalidArgument("strategy " + std::string(entry.name) + " does not use " + field_of(name) +
                          ", which goes with " + rows_with(select::strategies(), name));
  }
}

// What the request leaves open is the default; a strategy that can't stop must not be asked to.
select::Goal goal_of(const SelectRequest& request, const select::StrategyEntry& entry,
                     const store::Comparison& comparison) {
  if (!entry.stops && asks_for_decision(request)) {
    throw InvalidArgument(
        "strategy " + std::string(entry.name) +
        " does not stop by itself: `epsilon`, `good_enough`, `confidence` and `population` go with strategy assay");
  }
  select::Goal goal;
  goal.epsilon = store::reward_difference(request.epsilon.value_or(store::Tolerance()), comparison);
  goal.confidence = request.confidence.value_or(goal.confidence);
  goal.population = request.population;
  if (request.good_enough) {
    if (request.epsilon) throw InvalidArgument("`good_enough` says what is allowed: give it without `epsilon`");
    goal.good_enough = store::reward_difference(*request.good_enough, comparison);
  }
  select::check(goal);
  return goal;
}

void check_assistant(const SelectRequest& request, const select::StrategyEntry& entry) {
  if (request.assistant_judge.empty()) return;
  if (!entry.uses_assistant) {
    throw InvalidArgument("strategy " + std::string(entry.name) +
                          " looks at no other judge: `assistant_judge` goes with strategy assay");
  }
  if (request.population) {
    throw InvalidArgument("with `population` whole random rows are judged, which no `assistant_judge` can choose");
  }
}

// What a judge reads beside the answers is not there.
std::optional<std::string> prompts_note(const asking::JudgeTask& task) {
  const std::size_t models = task.comparison().models.size();
  const std::size_t queries = task.comparison().queries.size();
  std::size_t without = 0;
  for (std::size_t q = 0; q < queries; ++q) without += task.texts(q * models).prompt.empty() ? 1 : 0;
  if (without == 0) return std::nullopt;
  return fmt::format("{} of {} queries have no prompt text: the judge sees answers alone", without, queries);
}

std::optional<asking::Assistant> assistant_of(const SelectRequest& request, const asking::JudgeTask& task,
                                              const asking::Oracle& oracle, store::Study& study) {
  if (request.assistant_judge.empty()) return std::nullopt;
  const bool live = asking::oracle(request.oracle).live;
  const std::string judge = live ? oracle.name() : asking::judge_key(study, request.choice, task.comparison());
  return asking::assistant_of(study, task.comparison(), request.choice, request.assistant_judge, judge);
}

asking::SelectSetup setup_of(const SelectRequest& request, const select::StrategyEntry& entry, store::Study& study,
                             const asking::JudgeTask& task, std::optional<asking::CandidatePrices>& prices,
                             const StartProgress& start) {
  asking::SelectSetup setup;
  const store::Comparison& comparison = task.comparison();
  setup.goal = goal_of(request, entry, comparison);
  setup.budget = budget_in_calls(request, comparison);
  setup.returns = returns_of(request, entry);
  asking::StrategyInputs inputs(study, comparison, texts_to_look_at(request, task), request.weak, request.threads,
                                start);
  setup.strategy = &entry;
  setup.models = comparison.models;
  setup.queries = comparison.queries.size();
  setup.weights = comparison.weights;
  setup.problem = inputs.problem(entry, {}, request.seed);
  setup.problem.step = comparison.step;
  if (request.good_enough || request.prices) {
    prices = prices_of(request, study, comparison);
  }
  if (request.good_enough) {
    const bool with_baseline = request.keep_baseline && !comparison.baseline.empty() && entry.uses_known;
    setup.problem.prices = asking::known_prices(*prices, comparison, with_baseline);
  }
  if (asking::oracle(request.oracle).live && task.scores()) setup.scores = task.worst_to_best();
  setup.parameters = inputs.parameters(entry, request.parameters);
  if (request.keep_baseline) setup.baseline = comparison.baseline;
  setup.alone = comparison.baseline.empty();
  setup.seed = request.seed;
  return setup;
}

namespace {

asking::RunChoice choice_of(const SelectRequest& request) {
  asking::RunChoice choice;
  // Candidates that answer are in the study only as far as they have answered.
  if (request.candidates.empty()) choice.models = request.choice.models;
  choice.baseline = request.choice.baseline;
  choice.averaging = request.choice.averaging;
  choice.epsilon = request.epsilon;
  choice.confidence = request.confidence;
  choice.population = request.population;
  return choice;
}

}  // namespace

// Of strategies that count what is known: a run that goes on must begin with what was known when it began.
asking::RunStart start_of(const SelectRequest& request, const asking::SelectSetup& setup, std::size_t batch,
                          bool batch_given, const asking::JudgeTask& task, const asking::Oracle& oracle,
                          const std::optional<asking::Assistant>& assistant, store::Study& study, bool looks,
                          bool keep) {
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  if (!who.live || who.checks || !setup.strategy->uses_known)
    return {{}, study.answer_mark(), false, request.seed, batch, {}};
  std::string strategy =
      fmt::format("{} {} {}{}{}", setup.strategy->name, setup.goal.epsilon, setup.goal.confidence,
                  setup.goal.population ? " population" : "", setup.baseline.empty() ? "" : " or the baseline");
  if (setup.goal.good_enough) {
    strategy += fmt::format(" good enough {}", *setup.goal.good_enough);
    for (const double price : setup.problem.prices) strategy += fmt::format(" {}", price);
  }
  strategy += asking::averaging_print(task.comparison());
  if (task.comparison().lower_is_better) strategy += " lower is better";
  for (const Parameter& parameter : setup.strategy->parameters) {
    strategy += fmt::format(" {}", setup.parameters.at(parameter.name));
  }
  if (assistant) strategy += fmt::format(" hints {}", asking::hints_digest(*assistant));
  const std::string name = oracle.name();
  const asking::RunIdentity identity{name, strategy, request.seed, batch, batch_given, setup.strategy->stops};
  if (!looks && keep) asking::remember_choice(study, choice_of(request));
  return looks ? asking::latest_run(study, task, identity) : asking::start_run(study, task, identity, keep);
}

namespace {

// Also which models none is both cheaper than, or as cheap, and seems better than.
void fill_prices(const asking::CandidatePrices& prices, const store::Comparison& comparison,
                 asking::SelectReport& report) {
  report.prefer = prices.prefer;
  for (asking::SelectReport::Model& model : report.models) {
    const auto at = std::ranges::find(comparison.models, model.name);
    const double price = at == comparison.models.end()
                             ? prices.of_baseline
                             : prices.of_models[static_cast<std::size_t>(at - comparison.models.begin())];
    if (!std::isnan(price)) model.price = price;
  }
  for (asking::SelectReport::Model& model : report.models) {
    const auto beats = [&](const asking::SelectReport::Model& other) {
      return other.price && *other.price <= *model.price && other.win_rate >= model.win_rate &&
             (*other.price < *model.price || other.win_rate > model.win_rate);
    };
    model.pareto = model.price && std::ranges::none_of(report.models, beats);
  }
}

}  // namespace

// Those that the run began with: a resumed one has what was there at its start, not what it left since.
std::vector<select::EarlierDraws> earlier_draws(store::Study& study, const asking::JudgeTask& task,
                                                const asking::RunStart& begin, const std::string& carried) {
  const std::string at_start = draws_at_start(carried, begin);
  if (begin.resumed) return asking::carried_draws(study, task, at_start);
  std::vector<select::EarlierDraws> draws = asking::carried_draws(study, task, carried);
  asking::carry_draws(study, task, at_start, draws);
  return draws;
}

void fill_names(const SelectRequest& request, const store::Comparison& comparison,
                const std::optional<asking::Assistant>& assistant,
                const std::optional<asking::CandidatePrices>& prices, const asking::SelectRun& run,
                asking::SelectReport& report) {
  report.study = request.study;
  report.judge = comparison.judge;
  report.baseline = comparison.baseline;
  report.measure = comparison.measure;
  report.averaging = comparison.averaging;
  report.scale = comparison.scale;
  report.lower_is_better = comparison.lower_is_better;
  if (assistant) {
    report.assistant = asking::assistant_report(*assistant, run.judged(), comparison,
                                                request.keep_baseline ? comparison.baseline : std::string());
  }
  if (prices) fill_prices(*prices, comparison, report);
}

}  // namespace assay::app
