#include "assay/app/select.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "assay/asking/kept_verdicts.h"
#include "assay/core/error.h"
#include "assay/select/pool.h"

namespace assay::app {
namespace {

std::size_t budget_in_calls(const SelectRequest& request, const store::Comparison& comparison) {
  const std::size_t all = comparison.queries.size() * comparison.models.size();
  if (!request.budget) return all;
  if (!(*request.budget > 0) || !std::isfinite(*request.budget)) {
    throw InvalidArgument("the budget must be a positive number of query equivalents, came " +
                          std::to_string(*request.budget));
  }
  const double calls = std::round(*request.budget * static_cast<double>(comparison.models.size()));
  return calls >= static_cast<double>(all) ? all : std::max<std::size_t>(1, static_cast<std::size_t>(calls));
}

bool asks_for_decision(const SelectRequest& request) {
  return request.epsilon || request.confidence || request.rule;
}

SelectStep step_of(const select::Selection& selection, const store::Comparison& comparison, std::size_t budget) {
  const ModelId best = selection.best();
  const select::Decision* decision = selection.decision();
  const double probability = decision != nullptr ? 1 - decision->risk() : selection.posterior()[index(best)];
  return {selection.calls(), budget, comparison.models[index(best)], probability};
}

// A line of the trace for each query equivalent, and where the leader changes.
void add_step(const SelectStep& step, std::size_t models, std::vector<SelectStep>& trace) {
  if (trace.empty() || trace.back().leader != step.leader || trace.back().calls / models != step.calls / models) {
    trace.push_back(step);
  }
}

// What has no verdict may have been a loss or a win.
stats::Interval interval_of(const select::Tally& tally, std::size_t queries) {
  const double unknown = static_cast<double>(tally.none);
  const double sum = tally.sum() - 0.5 * unknown;
  const double squares = tally.squares() - 0.25 * unknown;
  return {stats::mean_interval(sum, squares, tally.calls(), queries).low,
          stats::mean_interval(sum + unknown, squares + unknown, tally.calls(), queries).high};
}

// `estimates`: one for each model, or none where the strategy has no opinion.
void fill_models(const select::Selection& selection, std::span<const select::Estimate> estimates,
                 const store::Comparison& comparison, SelectReport& report) {
  const std::vector<double> posterior = selection.posterior();
  const ModelId best = selection.best();
  report.best = comparison.models[index(best)];
  for (std::size_t j = 0; j < comparison.models.size(); ++j) {
    const select::Tally& tally = selection.tallies()[j];
    report.calls_failed += tally.none;
    SelectReport::Model model{comparison.models[j], posterior[j], tally.rate(),
                              interval_of(tally, comparison.queries.size()), tally};
    if (!estimates.empty()) {
      model.win_rate = estimates[j].win_rate;
      model.interval = estimates[j].interval;
      model.possible = estimates[j].possible;
    }
    report.models.push_back(std::move(model));
  }
  std::stable_sort(report.models.begin(), report.models.end(),
                   [](const auto& a, const auto& b) { return a.win_rate > b.win_rate; });
  const auto at = std::find_if(report.models.begin(), report.models.end(),
                               [&](const SelectReport::Model& model) { return model.name == report.best; });
  std::rotate(report.models.begin(), at, at + 1);
}

// What would be ignored is not taken silently.
void check_used(const GivenParameters& given, const select::StrategyEntry& entry) {
  for (const auto& [name, value] : given) {
    if (has_parameter(entry.parameters, name)) continue;
    throw InvalidArgument("strategy " + std::string(entry.name) + " does not use " + name + ", which goes with " +
                          rows_with(select::strategies(), name));
  }
}

// What the request leaves open is the default; a strategy that can't stop must not be asked to.
select::Goal goal_of(const SelectRequest& request, const select::StrategyEntry& entry) {
  if (!entry.stops && asks_for_decision(request)) {
    throw InvalidArgument("strategy " + std::string(entry.name) +
                          " does not stop by itself: epsilon, confidence and stop go with strategy assay");
  }
  select::Goal goal;
  goal.epsilon = request.epsilon.value_or(goal.epsilon);
  goal.confidence = request.confidence.value_or(goal.confidence);
  goal.rule = request.rule.value_or(goal.rule);
  select::check(goal);
  return goal;
}

bool reached(const select::Selection& selection, const select::Goal& goal) {
  return selection.decision() != nullptr && selection.decision()->risk() <= 1 - goal.confidence;
}

// Judged so far, the rest none.
struct JudgedSoFar {
  OutcomeTable outcomes;
  std::vector<char> queries;  // with a call

  JudgedSoFar(std::size_t n, std::size_t models) : outcomes(n, models), queries(n, 0) {}
  void add(std::span<const Verdict> verdicts) {
    for (const Verdict& verdict : verdicts) {
      outcomes.set(verdict.call.query, verdict.call.model, verdict.outcome);
      queries[index(verdict.call.query)] = 1;
    }
  }
};

// Calls put to the oracle at a time.
std::size_t batch_of(const SelectRequest& request, const select::StrategyEntry& entry, const select::Goal& goal,
                     std::size_t models) {
  if (asking::oracle(request.oracle).one_by_one) {
    if (request.batch <= 1) return 1;
    throw InvalidArgument("oracle " + quoted(request.oracle.name) + " is asked one call at a time, came " +
                          std::to_string(request.batch));
  }
  const std::size_t rows = entry.whole_rows ? models : 1;
  // Rule guaranteed ends with a row: more at a time would be paid for and not used.
  const std::size_t most = goal.rule == select::StopRule::guaranteed ? models : request.batch;
  return request.batch > 0 ? std::min(request.batch, most) : rows;
}

enum class Asked { all, ended, taken_back };

// `ended`: `verdicts` are those that came before. `taken_back`: the last verdict is forgotten, and none is new.
Asked ask(asking::KeptVerdicts& answers, std::span<const Call> calls, std::vector<Verdict>& verdicts,
          SelectReport& report) {
  try {
    answers.get(calls, verdicts);
    return Asked::all;
  } catch (const asking::AnswerTakenBack&) {
    answers.forget_held();
    return Asked::taken_back;
  } catch (const asking::PersonLeft&) {
    answers.get_known(calls, verdicts);
    report.notes.emplace_back("the person stopped; the same command goes on from there");
    return Asked::ended;
  } catch (const judge::BudgetEnded& ended) {
    answers.get_known(calls, verdicts);
    report.money_ended = true;
    report.notes.push_back("the limit of cost ended the run: " + std::string(ended.what()));
    return Asked::ended;
  }
}

// One batch of at most `limit` calls; `ended` if there is none left.
Asked ask_next(std::size_t limit, select::Selection& selection, asking::KeptVerdicts& answers, JudgedSoFar& judged,
               SelectReport& report) {
  std::vector<Call> calls;
  std::vector<Verdict> verdicts;
  selection.propose(limit, calls);
  if (calls.empty()) return Asked::ended;
  const Asked asked = ask(answers, calls, verdicts, report);
  if (asked == Asked::taken_back) return asked;
  selection.observe(verdicts);
  judged.add(verdicts);
  return asked;
}

SelectReport describe_run(const SelectRequest& request, const store::Comparison& comparison) {
  SelectReport report;
  report.study = request.study;
  report.judge = comparison.judge;
  report.baseline = comparison.baseline;
  report.oracle = request.oracle.name;
  report.strategy = request.strategy;
  report.seed = request.seed;
  report.queries = comparison.queries.size();
  report.calls_all = comparison.queries.size() * comparison.models.size();
  report.notes = comparison.notes;
  return report;
}

}  // namespace

SelectReport run_select(const SelectRequest& request, const StartProgress& start,
                        const std::function<void(const SelectStep&)>& on_step) {
  const select::StrategyEntry& entry = select::strategy(request.strategy);
  asking::oracle(request.oracle);
  check_used(request.parameters, entry);
  const select::Goal goal = goal_of(request, entry);
  store::Study study(request.study, store::Study::Mode::write);
  study.begin_answering();
  const store::Comparison comparison = asking::comparison_for(request.oracle, study, request.choice);
  const std::size_t models = comparison.models.size();
  const std::size_t budget = budget_in_calls(request, comparison);
  SelectReport report = describe_run(request, comparison);
  report.returns = request.returns.value_or(entry.returns);
  if (entry.stops && report.returns != entry.returns) {
    throw InvalidArgument("strategy " + std::string(entry.name) + " returns the model that it decides for, by " +
                          std::string(select::name(entry.returns)) +
                          "; another way to return goes with other strategies");
  }

  asking::Evidence evidence(study, comparison, request.weak, request.threads, start);
  const std::vector<QueryId> pool =
      select::draw_pool(comparison.queries.size(), comparison.queries.size(), request.seed);
  select::Problem problem = evidence.problem(entry, pool, request.seed);
  problem.goal = goal;
  const ParameterValues parameters = evidence.parameters(entry, request.parameters);
  report.parameters = parameters;

  const auto begin = [&] { return select::Selection(entry, problem, parameters, report.returns); };
  select::Selection selection = begin();
  const std::size_t batch = batch_of(request, entry, goal, models);
  const asking::VerdictSource source =
      asking::make_verdicts(request.oracle, {study, comparison, request.seed, batch});
  asking::KeptVerdicts answers(study, comparison, *source.oracle, source.review);
  if (asking::oracle(request.oracle).one_by_one) answers.hold_back_last();
  JudgedSoFar judged(comparison.queries.size(), models);
  while (selection.calls() < budget && !reached(selection, goal)) {
    const Asked asked = ask_next(std::min(batch, budget - selection.calls()), selection, answers, judged, report);
    if (asked == Asked::taken_back) {  // As after a kill: begin anew, and what was answered is known.
      selection = begin();
      judged = JudgedSoFar(comparison.queries.size(), models);
      report.trace.clear();
      continue;
    }
    if (asked == Asked::ended) break;
    const SelectStep step = step_of(selection, comparison, budget);
    add_step(step, models, report.trace);
    if (on_step) on_step(step);
  }
  answers.keep_held();
  const bool ended_between = !report.trace.empty() && report.trace.back().calls != selection.calls();
  if (ended_between) report.trace.push_back(step_of(selection, comparison, budget));
  report.queries_judged = static_cast<std::size_t>(std::count(judged.queries.begin(), judged.queries.end(), 1));
  report.calls = selection.calls();
  report.calls_new = answers.asked();
  asking::add_notes(source.notes, report.notes);
  if (source.bill) report.bill = source.bill();
  std::vector<select::Estimate> estimates;
  if (const select::Decision* decision = selection.decision()) {
    report.stop = SelectReport::Stop{goal, asks_for_decision(request), reached(selection, goal), decision->risk(),
                                     decision->calls_to_decide()};
    estimates = decision->estimates();
  }
  fill_models(selection, estimates, comparison, report);
  std::vector<double> rates;
  for (const select::Estimate& estimate : estimates) rates.push_back(estimate.win_rate);
  report.baseline_report = asking::baseline_report(judged.outcomes, comparison.models, selection.best(), rates);
  return report;
}

asking::JudgeEstimate estimate_select(const SelectRequest& request) {
  const select::StrategyEntry& entry = select::strategy(request.strategy);
  const select::Goal goal = goal_of(request, entry);
  store::Study study(request.study, store::Study::Mode::read);
  const store::Comparison comparison = asking::comparison_for(request.oracle, study, request.choice);
  const std::size_t batch = batch_of(request, entry, goal, comparison.models.size());
  const asking::VerdictSource source =
      asking::make_verdicts(request.oracle, {study, comparison, request.seed, batch});
  if (!source.estimate) throw InvalidArgument("--dry-run goes with an oracle that is paid, --oracle llm");
  return source.estimate(budget_in_calls(request, comparison));
}

}  // namespace assay::app
