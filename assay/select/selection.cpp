#include "assay/select/selection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "assay/core/rewards.h"
#include "assay/core/rng.h"
#include "assay/select/query_weights.h"
#include "assay/select/weak_verdicts.h"
#include "assay/text/response_features.h"
#include "assay/text/similarity.h"

namespace assay::select {
namespace {

// Probabilities that differ by less, relatively, are equal: where a draw is as probable as a win, rounding would
// else decide.
constexpr double kSameProbability = 1e-9;

constexpr std::uint64_t kTieStream = 0x7469657373;  // apart from what strategies draw

void check(const StrategyEntry& entry, const Problem& problem) {
  const std::string name(entry.name);
  if (problem.models == 0) throw InvalidArgument("expected at least one model, came none");
  if (problem.pool.empty()) throw InvalidArgument("expected at least one query, came none");
  if (!problem.weights.empty()) {
    const bool positive =
        std::ranges::all_of(problem.weights, [](double weight) { return weight > 0 && std::isfinite(weight); });
    if (problem.weights.size() != problem.pool.size() || !positive) {
      throw InvalidArgument(fmt::format("expected a positive weight for each of {} queries", problem.pool.size()));
    }
  }
  if (problem.goal.good_enough) {
    const bool positive =
        std::ranges::all_of(problem.prices, [](double price) { return price > 0 && std::isfinite(price); });
    if (problem.prices.size() != problem.models || !positive) {
      throw InvalidArgument(
          fmt::format("expected a positive price for each of {} models, to find the cheapest that is "
                      "good enough",
                      problem.models));
    }
  }
  if (entry.needs_weak && problem.weak == nullptr) {
    throw InvalidArgument("strategy " + name + " needs weak judges, and those need the models' responses");
  }
  if (entry.needs_similarity && problem.similarity == nullptr) {
    throw InvalidArgument("strategy " + name + " needs the models' responses");
  }
  if (entry.told_budget && problem.budget == 0) {
    throw InvalidArgument("strategy " + name + " needs a budget, and was told none");
  }
  const auto fits = [&](const auto& table) {
    if (table == nullptr) return true;
    const auto known = [&](QueryId query) { return index(query) < table->queries(); };
    return table->models() == problem.models - (problem.baseline ? 1 : 0) &&
           std::all_of(problem.pool.begin(), problem.pool.end(), known);
  };
  if (!fits(problem.weak) || !fits(problem.similarity) || !fits(problem.features) || !fits(problem.assistant)) {
    throw InvalidArgument(
        "weak judges, similarities, features and assistants must know the problem's models and the pool's queries");
  }
}

}  // namespace

void Tally::add(double reward, double query_weight) {
  weight += query_weight;
  weight_squares += query_weight * query_weight;
  switch (outcome_of(reward)) {
    case Outcome::win: ++wins; break;
    case Outcome::draw: ++draws; break;
    case Outcome::loss: ++losses; break;
    case Outcome::none:
      ++none;
      none_weight += query_weight;
      return;
  }
  const double code = RewardTable::encoded(reward);
  codes += query_weight * code;
  code_squares += query_weight * code * code;
}

Selection::Selection(const StrategyEntry& entry, const Problem& problem, const ParameterValues& parameters,
                     ReturnRule returns)
    : weights_(std::make_shared<const QueryWeights>(problem)), returns_(returns), tallies_(problem.models) {
  check(entry, problem);
  const ParameterValues values = checked(entry, parameters);
  assay::select::check(problem.goal);
  if (returns == ReturnRule::estimate && !entry.stops) {
    throw InvalidArgument("strategy " + std::string(entry.name) +
                          " has no estimate of its own; return by posterior or win-rate");
  }
  if (entry.uses_known) count(problem.known);
  strategy_ = entry.make(problem, values);
  for (std::size_t j = 0; j < problem.models; ++j) tie_order_.push_back(model_id(j));
  Rng rng(problem.seed, kTieStream);
  rng.shuffle(std::span(tie_order_));
}

void Selection::count(std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (index(verdict.call.model) >= tallies_.size()) {
      throw InvalidArgument("a verdict on model " + std::to_string(index(verdict.call.model)) + " of " +
                            std::to_string(tallies_.size()));
    }
    tallies_[index(verdict.call.model)].add(verdict.reward, weights_->of(verdict.call.query));
  }
}

void Selection::observe(std::span<const Verdict> verdicts) {
  count(verdicts);
  calls_ += verdicts.size();
  strategy_->observe(verdicts);
}

ModelId Selection::best() const {
  if (returns_ == ReturnRule::estimate) return strategy_->decision()->leader();
  std::vector<double> posterior;  // asked for where it is needed: it may be dear
  const auto more_probable = [&](ModelId a, ModelId b) {
    if (posterior.empty()) posterior = strategy_->posterior();
    return posterior[index(a)] > posterior[index(b)] * (1 + kSameProbability);
  };
  const auto higher_rate = [&](ModelId a, ModelId b) {
    return tallies_[index(a)].rate() > tallies_[index(b)].rate();
  };
  const auto equal_records = [&](ModelId a, ModelId b) { return tallies_[index(a)] == tallies_[index(b)]; };
  const auto better = [&](ModelId a, ModelId b) {
    if (returns_ == ReturnRule::posterior)
      return more_probable(a, b) || (!more_probable(b, a) && higher_rate(a, b));
    // Equal records tie; the posterior is asked about others alone, as ties of records are what is frequent.
    return higher_rate(a, b) || (!higher_rate(b, a) && !equal_records(a, b) && more_probable(a, b));
  };
  ModelId best = tie_order_.front();
  for (const ModelId j : tie_order_) {
    if (j != best && better(j, best)) best = j;
  }
  return best;
}

}  // namespace assay::select
