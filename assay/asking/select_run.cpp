#include "assay/asking/select_run.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/select/pool.h"

namespace assay::asking {
namespace {

// What has no verdict may have been a loss or a win. Unequal weights tell as much as fewer equal ones: of n weights
// w, (sum of w)^2 / sum of w^2 (Kish).
stats::Interval interval_of(const select::Tally& tally, std::size_t queries) {
  if (tally.calls() == 0) return {};
  const double count = tally.weight * tally.weight / tally.weight_squares;
  const double population = count * static_cast<double>(queries) / tally.weight;
  const double scale = count / tally.weight;
  const double unknown = scale * tally.none_weight;
  const double sum = scale * tally.sum() - 0.5 * unknown;
  const double squares = scale * tally.squares() - 0.25 * unknown;
  return {stats::mean_interval(sum, squares, count, population).low,
          stats::mean_interval(sum + unknown, squares + unknown, count, population).high};
}

}  // namespace

SelectRun::SelectRun(SelectSetup setup) : setup_(std::move(setup)) {
  names_ = setup_.models;
  setup_.problem.baseline = !setup_.baseline.empty() && setup_.strategy->uses_known;
  if (setup_.problem.baseline) names_.push_back(setup_.baseline);
  setup_.problem.models = names_.size();
  setup_.problem.pool = select::draw_pool(setup_.queries, setup_.queries, setup_.seed);
  if (!setup_.weights.empty()) {
    for (const QueryId query : setup_.problem.pool) setup_.problem.weights.push_back(setup_.weights[index(query)]);
  }
  setup_.problem.seed = setup_.seed;
  setup_.problem.goal = setup_.goal;
  setup_.problem.budget = setup_.budget;
  if (setup_.strategy->uses_known) {
    for (const Answer& answer : setup_.known) setup_.problem.known.push_back(verdict_of(answer));
  }
  restart();
}

Verdict SelectRun::verdict_of(const Answer& answer) const {
  const std::size_t m = setup_.models.size();
  const double reward = setup_.scores ? reward_of_score(answer.value, *setup_.scores) : answer.value;
  return {{query_id(answer.ask.item / m), model_id(answer.ask.item % m)}, reward};
}

void SelectRun::restart() {
  selection_.emplace(*setup_.strategy, setup_.problem, setup_.parameters, setup_.returns);
  judged_ = RewardTable(setup_.queries, setup_.models.size());
  verdicts_.clear();
  seen_.assign(setup_.queries, 0);
  asked_in_vain_ = 0;
  trace_.clear();
  for (const Verdict& verdict : setup_.problem.known) note(verdict);
}

void SelectRun::note(const Verdict& verdict) {
  judged_.set(verdict.call.query, verdict.call.model, verdict.reward);
  verdicts_.push_back(verdict);
  seen_[index(verdict.call.query)] = 1;
  if (std::isnan(verdict.reward) && missing(verdict)) ++asked_in_vain_;
}

bool SelectRun::missing(const Verdict& verdict) const {
  const std::size_t item = index(verdict.call.query) * setup_.models.size() + index(verdict.call.model);
  return std::ranges::binary_search(setup_.missing, item);
}

bool SelectRun::decided() const {
  const select::Decision* decision = selection_->decision();
  // Calls that gave no verdict count, but a judge that gave none at all decides nothing.
  return decision != nullptr && decision->risk() <= 1 - setup_.goal.confidence &&
         !name_of(selection_->best()).empty();
}

std::vector<Ask> SelectRun::propose(std::size_t limit) {
  std::vector<Call> calls;
  selection_->propose(limit, calls);
  std::vector<Ask> asks;
  const std::size_t m = setup_.models.size();
  for (const Call& call : calls) {
    asks.push_back({static_cast<std::uint32_t>(index(call.query) * m + index(call.model))});
  }
  return asks;
}

void SelectRun::observe(std::span<const Answer> answers) {
  std::vector<Verdict> verdicts;
  for (const Answer& answer : answers) {
    verdicts.push_back(verdict_of(answer));
    note(verdicts.back());
  }
  selection_->observe(verdicts);
  add_step();
}

// Empty for one that nothing is known of: no verdict, whatever was asked. Of the baseline others' verdicts tell.
std::string SelectRun::name_of(ModelId model) const {
  const auto has_verdict = [](const select::Tally& tally) { return tally.calls() > tally.none; };
  if (names_.size() == 1) return names_.front();  // nothing to find out
  const auto& tallies = selection_->tallies();
  const bool known = index(model) == setup_.models.size() ? std::ranges::any_of(tallies, has_verdict)
                                                          : has_verdict(tallies[index(model)]);
  return known ? names_[index(model)] : std::string();
}

SelectState SelectRun::state() const {
  const ModelId best = selection_->best();
  const select::Decision* decision = selection_->decision();
  const double probability = decision != nullptr ? 1 - decision->risk() : selection_->posterior()[index(best)];
  return {selection_->calls(), setup_.budget, name_of(best), probability};
}

// A line of the trace for each query equivalent, and where the leader changes.
void SelectRun::add_step() {
  SelectState now = state();
  const std::size_t m = setup_.models.size();
  if (trace_.empty() || trace_.back().leader != now.leader || trace_.back().calls / m != now.calls / m) {
    trace_.push_back(std::move(now));
  }
}

void SelectRun::fill_models(SelectReport& report) const {
  std::vector<select::Estimate> estimates;
  if (const select::Decision* decision = selection_->decision()) estimates = decision->estimates();
  const std::vector<double> posterior = selection_->posterior();
  std::vector<std::size_t> missing(names_.size(), 0);
  for (const std::size_t item : setup_.missing) ++missing[item % setup_.models.size()];
  for (std::size_t j = 0; j < names_.size(); ++j) {
    const select::Tally& tally = selection_->tallies()[j];
    report.calls_failed += tally.none;
    SelectReport::Model model{names_[j], posterior[j], tally.rate(), interval_of(tally, setup_.queries), tally};
    model.missing = missing[j];
    if (!estimates.empty()) {
      model.win_rate = estimates[j].win_rate;
      model.interval = estimates[j].interval;
      model.possible = estimates[j].possible;
    }
    report.models.push_back(std::move(model));
  }
  report.calls_failed -= asked_in_vain_;
  std::vector<double> rates;
  for (const select::Estimate& estimate : estimates) rates.push_back(estimate.win_rate);
  if (setup_.problem.baseline && !rates.empty()) rates.pop_back();
  std::optional<ModelId> leader;
  if (index(selection_->best()) < setup_.models.size()) leader = selection_->best();
  if (!setup_.alone) report.baseline_report = baseline_report(judged_, setup_.models, leader, rates);
  std::stable_sort(report.models.begin(), report.models.end(),
                   [](const auto& a, const auto& b) { return a.win_rate > b.win_rate; });
  const auto at = std::find_if(report.models.begin(), report.models.end(),
                               [&](const SelectReport::Model& model) { return model.name == report.best; });
  if (at != report.models.end()) std::rotate(report.models.begin(), at, at + 1);
}

SelectReport SelectRun::report() const {
  SelectReport report;
  report.strategy = setup_.strategy->name;
  report.returns = setup_.returns;
  report.random_queries = setup_.strategy->random_queries;
  report.parameters = setup_.parameters;
  report.seed = setup_.seed;
  report.queries = setup_.queries;
  report.queries_judged = static_cast<std::size_t>(std::count(seen_.begin(), seen_.end(), 1));
  report.calls = selection_->calls();
  report.known = setup_.problem.known.size();
  report.calls_all = setup_.queries * setup_.models.size();
  report.best = name_of(selection_->best());
  if (const select::Decision* decision = selection_->decision()) {
    report.stop = SelectReport::Stop{setup_.goal, decided(), decision->risk(), decision->population_risk(),
                                     decision->calls_to_decide()};
  }
  fill_models(report);
  if (!setup_.baseline.empty() && !report.models.empty()) {
    report.keep_baseline = report.best == setup_.baseline || (!report.stop && report.models.front().win_rate < 0.5);
    if (report.keep_baseline) report.best = setup_.baseline;
  }
  report.trace = trace_;
  if (!trace_.empty() && trace_.back().calls != selection_->calls()) report.trace.push_back(state());
  return report;
}

}  // namespace assay::asking
