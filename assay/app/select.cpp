#include "assay/app/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/app/respondents.h"
#include "assay/asking/allocate_run.h"
#include "assay/asking/answering_oracle.h"
#include "assay/asking/assistant.h"
#include "assay/asking/carried_draws.h"
#include "assay/asking/drive.h"
#include "assay/asking/expected_answers.h"
#include "assay/asking/llm_memory.h"
#include "assay/asking/measure_memory.h"
#include "assay/asking/run_memory.h"
#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

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

bool asks_for_decision(const SelectRequest& request) {
  return request.epsilon || request.confidence || request.population || request.good_enough;
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

constexpr std::size_t kAnswersAtOnce = 16;

// Calls put to the oracle at a time.
std::size_t batch_of(const SelectRequest& request, const select::StrategyEntry& entry, std::size_t models) {
  if (asking::oracle(request.oracle).one_by_one) {
    if (request.batch <= 1) return 1;
    throw InvalidArgument("oracle " + quoted(request.oracle.name) + " is asked one call at a time, came " +
                          std::to_string(request.batch));
  }
  if (request.batch > 0) return request.batch;
  const std::size_t row = entry.whole_rows ? models : 1;
  // Whoever answers takes seconds: a few calls more cost less than waiting for one after the other.
  const std::size_t answers = request.candidates.empty() ? 1 : kAnswersAtOnce;
  return std::max({row, answers, asking::oracle(request.oracle).at_once});
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

asking::JudgeTask task_of(const SelectRequest& request, store::Study& study) {
  asking::JudgeTask task(asking::comparison_for(request.oracle, study, request.choice));
  if (asking::oracle(request.oracle).live) task.load_texts(study);
  return task;
}

// What the request leaves open: as the candidates' file and the study have it.
void complete(SelectRequest& request, const store::Study& study) {
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  store::ComparisonChoice& choice = request.choice;
  asking::take_only_measure(request.oracle, choice);
  const bool judges = who.live && !who.checks;
  const bool asks = judges && !who.looks_only;
  if ((asks || (judges && !request.candidates.empty())) && asking::take_measure(study, choice) &&
      request.oracle.noted) {
    request.oracle.noted(fmt::format("scores from {:g} to {:g}{}, as remembered", choice.scale->low,
                                     choice.scale->high,
                                     choice.lower_is_better.value_or(false) ? ", lower is better" : ""));
  }
  take_candidates(request, study);
  const bool scores = choice.measure == store::Measure::score;
  if (asks)
    asking::take_remembered(request.oracle, study, scores, {scores ? nullptr : &choice.baseline, &request.batch});
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

// What should be known before the first call, which may cost.
void tell_first(const SelectRequest& request, const std::vector<std::string>& notes) {
  if (!request.oracle.noted) return;
  for (const std::string& note : notes) request.oracle.noted(note);
}

std::optional<asking::Assistant> assistant_of(const SelectRequest& request, const asking::JudgeTask& task,
                                              const asking::Oracle& oracle, store::Study& study) {
  if (request.assistant_judge.empty()) return std::nullopt;
  const bool live = asking::oracle(request.oracle).live;
  const std::string judge = live ? oracle.name() : asking::judge_key(study, request.choice, task.comparison());
  return asking::assistant_of(study, task.comparison(), request.choice, request.assistant_judge, judge);
}

// Of strategies that count what is known: a run that goes on must begin with what was known when it began.
asking::RunStart start_of(const SelectRequest& request, const asking::SelectSetup& setup, std::size_t batch,
                          bool batch_given, const asking::JudgeTask& task, const asking::Oracle& oracle,
                          const std::optional<asking::Assistant>& assistant, store::Study& study) {
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
  return who.looks_only ? asking::latest_run(study, task, identity)
                        : asking::start_run(study, task, identity, /*keep=*/true);
}

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

std::string draws_at_start(const std::string& carried, const asking::RunStart& begin) {
  return carried + ":" + begin.name;
}

// Those that the run began with: a resumed one has what was there at its start, not what it left since.
std::vector<select::EarlierDraws> earlier_draws(store::Study& study, const asking::JudgeTask& task,
                                                const asking::RunStart& begin, const std::string& carried) {
  const std::string at_start = draws_at_start(carried, begin);
  if (begin.resumed) return asking::carried_draws(study, task, at_start);
  std::vector<select::EarlierDraws> draws = asking::carried_draws(study, task, carried);
  asking::carry_draws(study, task, at_start, draws);
  return draws;
}

// A strategy must see the same texts in a run that goes on as at its beginning: none of those that come on the way.
std::shared_ptr<const ResponseTable> texts_to_look_at(const SelectRequest& request, const asking::JudgeTask& task) {
  if (!request.choice.to_be_answered) return task.responses();
  return std::make_shared<const ResponseTable>(task.comparison().queries.size(), task.comparison().models.size());
}

// What somebody sees who asks nobody. That is the run as it went, with the bets that it made, if its end or all
// that the study has is reached by it. Else, as when it was broken off after it had been resumed, what all of that
// says, and the bets that runs left.
std::unique_ptr<asking::SelectRun> looked_at(asking::SelectSetup setup, const asking::RunStart& begin,
                                             asking::KeptAnswers& answers, const asking::JudgeTask& task,
                                             store::Study& study, const std::string& carried,
                                             const std::function<void(const asking::SelectRun&)>& stepped,
                                             asking::AskEnd& end) {
  const bool stops = setup.strategy->stops;
  std::vector<asking::Answer> all = answers.known(study.answer_mark());
  const std::vector<asking::Answer> failed = answers.failed();
  all.insert(all.end(), failed.begin(), failed.end());
  std::unique_ptr<asking::SelectRun> run;
  const auto drive = [&](std::size_t batch) {
    run = std::make_unique<asking::SelectRun>(setup);
    return asking::drive(*run, answers, batch, [&] { stepped(*run); });
  };
  if (begin.resumed) {
    setup.known = answers.known(begin.mark);
    if (stops) setup.problem.earlier = asking::carried_draws(study, task, draws_at_start(carried, begin));
    end = drive(begin.batch);
    if (end.kind == asking::AskEnd::Kind::all || setup.known.size() + run->state().calls >= all.size()) return run;
  }
  setup.known = std::move(all);
  setup.problem.looks_only = true;
  end = {};
  if (!stops) return std::make_unique<asking::SelectRun>(setup);
  setup.problem.earlier = asking::carried_draws(study, task, carried);
  end = drive(1);
  return run;
}

// A run until it ends, which it does too early where a candidate leaves the race: see `end`.
SelectFinding select_once(const SelectRequest& request, const select::StrategyEntry& entry, store::Study& study,
                          Respondents* respondents, asking::AskEnd& end, const StartProgress& start,
                          const std::function<void(const asking::SelectState&)>& on_step) {
  asking::SelectSetup setup;
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  const bool batch_given = request.batch > 0;
  auto owned = std::make_unique<asking::JudgeTask>(task_of(request, study));
  asking::JudgeTask& task = *owned;
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
  std::optional<asking::CandidatePrices> prices;
  if (request.good_enough || request.prices) {
    prices = prices_of(request, study, comparison);
  }
  if (request.good_enough) {
    const bool with_baseline = request.keep_baseline && !comparison.baseline.empty() && entry.uses_known;
    setup.problem.prices = asking::known_prices(*prices, comparison, with_baseline);
  }
  if (who.live && task.scores()) setup.scores = task.worst_to_best();
  setup.parameters = inputs.parameters(entry, request.parameters);
  if (request.keep_baseline) setup.baseline = comparison.baseline;
  setup.alone = comparison.baseline.empty();
  setup.seed = request.seed;
  const std::size_t batch = batch_of(request, entry, comparison.models.size());
  std::unique_ptr<asking::Oracle> oracle =
      asking::make_oracle(request.oracle, {task, study, request.seed, batch, request.choice.judge});
  if (respondents != nullptr) {
    oracle = std::make_unique<asking::AnsweringOracle>(std::move(oracle), task, respondents->answers());
  }
  if (who.live && !who.looks_only && !who.checks) asking::remember_measure(study, comparison);
  const std::optional<asking::Assistant> assistant = assistant_of(request, task, *oracle, study);
  if (assistant) setup.problem.assistant = assistant->rewards;
  using Failed = asking::KeptAnswers::Failed;
  asking::KeptAnswers answers(study, task, *oracle, who.looks_only ? Failed::stay : Failed::asked_again);
  const asking::RunStart begin = start_of(request, setup, batch, batch_given, task, *oracle, assistant, study);
  std::vector<std::string> first_notes = begin.notes;
  if (who.live && !who.looks_only && !who.checks) {
    if (std::optional<std::string> note = prompts_note(task)) first_notes.push_back(std::move(*note));
  }
  tell_first(request, first_notes);
  setup.seed = setup.problem.seed = begin.seed;
  setup.missing = comparison.missing;
  const std::string carried = asking::draws_name(task, oracle->name(), begin.seed);
  const auto stepped = [&](const asking::SelectRun& run) {
    if (on_step) on_step(run.state());
  };
  std::unique_ptr<asking::SelectRun> made;
  if (entry.uses_known && who.looks_only) {
    made = looked_at(std::move(setup), begin, answers, task, study, carried, stepped, end);
  } else {
    const bool carries = entry.stops && !begin.name.empty();
    if (entry.uses_known) setup.known = answers.known(begin.mark);
    if (carries) setup.problem.earlier = earlier_draws(study, task, begin, carried);
    made = std::make_unique<asking::SelectRun>(std::move(setup));
    end = asking::drive(*made, answers, begin.batch, [&] { stepped(*made); });
    if (carries) asking::carry_draws(study, task, carried, made->draws());
  }
  const asking::SelectRun& run = *made;
  asking::SelectReport report = run.report();
  if (end.kind == asking::AskEnd::Kind::gone) {
    asking::fill(*oracle, answers, end, report);
    return {std::move(report), nullptr, nullptr, {}};
  }
  asking::expect_answers(end, report.known + report.calls - report.calls_failed);
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
  report.oracle = request.oracle.name;
  report.notes = comparison.notes;
  report.notes.insert(report.notes.end(), first_notes.begin(), first_notes.end());
  if (begin.seed != request.seed) {
    report.notes.push_back(fmt::format("what is looked at is the latest run, which had seed {}", begin.seed));
  }
  asking::fill(*oracle, answers, end, report);
  return {std::move(report), std::move(owned), std::move(oracle), run.verdicts()};
}

}  // namespace

SelectFinding look_at_selection(SelectRequest request, store::Study& study, const StartProgress& start) {
  const auto strategy = asking::find_strategy(request.strategy, request.program);
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  if (who.live && !who.looks_only && !who.checks) {
    throw InvalidArgument("expected an oracle that asks nobody, came " + quoted(request.oracle.name));
  }
  check_used(request.parameters, *strategy);
  check_assistant(request, *strategy);
  complete(request, study);
  asking::AskEnd end;
  return select_once(request, *strategy, study, nullptr, end, start, {});
}

asking::SelectReport run_select(SelectRequest request, const StartProgress& start,
                                const std::function<void(const asking::SelectState&)>& on_step) {
  const auto strategy = asking::find_strategy(request.strategy, request.program);
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  check_used(request.parameters, *strategy);
  check_assistant(request, *strategy);
  store::Study study = asking::open_study(request.oracle, request.study);
  complete(request, study);
  // Who only looks has nobody answer.
  if (request.candidates.empty() || who.looks_only) {
    asking::AskEnd end;
    return select_once(request, *strategy, study, nullptr, end, start, on_step).report;
  }
  Respondents respondents(request, study);
  // A candidate that can't be asked any more leaves the race: what is known of the others goes on.
  while (true) {
    asking::AskEnd end;
    asking::SelectReport report = select_once(request, *strategy, study, &respondents, end, start, on_step).report;
    if (end.kind != asking::AskEnd::Kind::gone) {
      respondents.fill(report);
      return report;
    }
    respondents.leave(report, end.why, request);
  }
}

asking::JudgeEstimate estimate_select(SelectRequest request) {
  const auto strategy = asking::find_strategy(request.strategy, request.program);
  const select::StrategyEntry& entry = *strategy;
  check_assistant(request, entry);
  store::Study study(request.study, store::Study::Mode::read);
  complete(request, study);
  asking::JudgeTask task = task_of(request, study);
  std::optional<asking::ExpectedAnswers> answers;
  if (!request.candidates.empty()) {
    answering::check_reachable(request.candidates, request.answering);
    answers.emplace(study, request.candidates, task);
  }
  const select::Goal goal = goal_of(request, entry, task.comparison());  // throws what it would throw before a call
  if (const std::optional<std::string> note = prompts_note(task)) tell_first(request, {*note});
  const std::size_t batch = batch_of(request, entry, task.comparison().models.size());
  const auto oracle = asking::make_oracle(request.oracle, {task, study, request.seed, batch});
  assistant_of(request, task, *oracle, study);
  const std::size_t budget = budget_in_calls(request, task.comparison());
  std::optional<asking::JudgeEstimate> estimate = oracle->estimate(budget);
  if (!estimate && answers) {  // whoever judges costs nothing
    estimate.emplace();
    estimate->calls = std::min(budget, task.size());
    estimate->calls_all = task.size();
    estimate->probable = {estimate->calls, estimate->calls};
  }
  if (!estimate) throw InvalidArgument("`dry_run` goes with an oracle that is paid, `oracle` llm");
  if (entry.stops) {
    const store::Comparison& comparison = task.comparison();
    const asking::KeptAnswers kept(study, task, *oracle);
    std::vector<select::KnownOfModel> known(comparison.models.size());
    for (const asking::Answer& answer : kept.known(study.answer_mark())) {
      if (answer.failed()) continue;
      select::KnownOfModel& model = known[answer.ask.item % known.size()];
      ++model.answers;
      model.sum += task.scores() ? asking::reward_of_score(answer.value, task.worst_to_best()) : answer.value;
    }
    asking::expect(*estimate, select::probable_calls(known, comparison.queries.size(), goal.epsilon));
  }
  if (answers) estimate->answering = answers->estimate(estimate->calls, estimate->probable);
  return *estimate;
}

}  // namespace assay::app
