#include "assay/app/select.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/app/respondents.h"
#include "assay/app/select_setup.h"
#include "assay/asking/answering_oracle.h"
#include "assay/asking/assistant.h"
#include "assay/asking/carried_draws.h"
#include "assay/asking/drive.h"
#include "assay/asking/expected_answers.h"
#include "assay/asking/llm_memory.h"
#include "assay/asking/measure_memory.h"
#include "assay/asking/run_ahead.h"
#include "assay/asking/run_choice.h"
#include "assay/asking/run_memory.h"
#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

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

asking::JudgeTask task_of(const SelectRequest& request, store::Study& study) {
  asking::JudgeTask task(asking::comparison_for(request.oracle, study, request.choice));
  if (asking::oracle(request.oracle).live) task.load_texts(study);
  return task;
}

bool says_what_to_compare(const SelectRequest& request) {
  const store::ComparisonChoice& choice = request.choice;
  return !choice.models.empty() || !choice.averaging.tasks.empty() || !choice.averaging.weights.empty() ||
         choice.averaging.average != store::Average::queries;
}

// Whoever only looks, and does not say what to compare or how sure to be, looks at what the last run was about.
void take_last_choice(SelectRequest& request, const store::Study& study) {
  const std::optional<asking::RunChoice> last = asking::last_choice(study);
  if (!last) return;
  store::ComparisonChoice& choice = request.choice;
  const bool alone = choice.measure == store::Measure::score || choice.measure == store::Measure::accuracy;
  const bool another =
      alone ? !last->baseline.empty() : !choice.baseline.empty() && choice.baseline != last->baseline;
  if (another || says_what_to_compare(request)) return;
  const std::vector<std::string> there = study.models();  // sorted
  const bool all_there = std::ranges::all_of(
      last->models, [&](const std::string& name) { return std::ranges::binary_search(there, name); });
  if (!all_there) return;
  choice.models = last->models;
  if (choice.baseline.empty()) choice.baseline = last->baseline;
  choice.averaging = last->averaging;
  if (!request.epsilon && !request.confidence && !request.population && !request.good_enough) {
    request.epsilon = last->epsilon;
    request.confidence = last->confidence;
    request.population = last->population;
  }
  if (!choice.models.empty() && request.oracle.noted) {
    request.oracle.noted(fmt::format("{} models are compared, as in the last run", choice.models.size()));
  }
}

// What the request leaves open: as the candidates' file and the study have it.
void complete(SelectRequest& request, const store::Study& study) {
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  store::ComparisonChoice& choice = request.choice;
  asking::take_only_measure(request.oracle, choice);
  const bool judges = who.live && !who.checks;
  const bool asks = judges && !who.looks_only;
  if (who.looks_only && request.candidates.empty()) take_last_choice(request, study);
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

// What should be known before the first call, which may cost.
void tell_first(const SelectRequest& request, const std::vector<std::string>& notes) {
  if (!request.oracle.noted) return;
  for (const std::string& note : notes) request.oracle.noted(note);
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
  const auto drive_ahead = [&](std::vector<asking::AsksAhead> asks) {
    run = std::make_unique<asking::SelectRun>(setup);
    asking::RunAhead ahead(*run, std::move(asks));
    return asking::drive(ahead, answers, [&] { stepped(*run); });
  };
  if (begin.resumed) {
    setup.known = answers.known(begin.mark);
    if (stops) setup.problem.earlier = asking::carried_draws(study, task, draws_at_start(carried, begin));
    std::vector<asking::AsksAhead> ahead = asking::asks_ahead(study, begin.name);
    end = ahead.empty() ? drive(begin.batch) : drive_ahead(std::move(ahead));
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
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  const bool batch_given = request.batch > 0;
  auto owned = std::make_unique<asking::JudgeTask>(task_of(request, study));
  asking::JudgeTask& task = *owned;
  const store::Comparison& comparison = task.comparison();
  std::optional<asking::CandidatePrices> prices;
  asking::SelectSetup setup = setup_of(request, entry, study, task, prices, start);
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
  const asking::RunStart begin =
      start_of(request, setup, batch, batch_given, task, *oracle, assistant, study, who.looks_only);
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
  fill_names(request, comparison, assistant, prices, run, report);
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
