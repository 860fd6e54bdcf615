#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "assay/core/rewards.h"
#include "assay/select/strategy.h"

// A whole run. An example of use:
//
//   const StrategyEntry& entry = strategy("assay");
//   Selection selection(entry, {.models = 3, .pool = pool, .goal = {.epsilon = 0.02}}, {}, entry.returns);
//   while (selection.decision()->risk() > 0.05) {
//     std::vector<Call> calls;
//     selection.propose(1, calls);
//     std::vector<Verdict> verdicts;
//     for (const Call& call : calls) verdicts.push_back({call, judge(call)});
//     selection.observe(verdicts);
//   }
//   const ModelId winner = selection.best();

#pragma GCC visibility push(default)

namespace assay::select {

class QueryWeights;

/// Verdicts of one model so far: how many of each kind, and their sums by the weights of the queries. A win is a
/// reward above 1/2, a loss one below.
struct Tally {
  std::size_t wins = 0;
  std::size_t draws = 0;
  std::size_t losses = 0;
  std::size_t none = 0;  ///< Calls without a verdict; they count half a win in the rate, as in RewardTable.
  /// Of the rewards, in the steps of RewardTable and their squares: exact in whatever order verdicts come.
  /// Where all weigh 1: sums of whole numbers below 2^53.
  double codes = 0;
  double code_squares = 0;
  double weight = 0;          ///< Of all calls.
  double weight_squares = 0;  ///< Sum of their squares.
  double none_weight = 0;     ///< Of those without a verdict.

  void add(double reward, double query_weight = 1);
  bool operator==(const Tally&) const = default;
  std::size_t calls() const { return wins + draws + losses + none; }
  double sum() const { return codes / kOne + 0.5 * none_weight; }
  double squares() const { return code_squares / (kOne * kOne) + 0.25 * none_weight; }
  /// Mean reward on what was judged; 1/2 if nothing was.
  double rate() const { return weight > 0 ? sum() / weight : 0.5; }

 private:
  static constexpr double kOne = RewardTable::kOne;
};

/// A run of a strategy: what it asked, what came, and which model to return. The command and the simulator share
/// this code; they differ in who answers the calls.
class Selection {
 public:
  /// `parameters`: empty for the defaults. Throws InvalidArgument if the problem lacks what the strategy needs, or
  /// if a parameter is out of range.
  Selection(const StrategyEntry& entry, const Problem& problem, const ParameterValues& parameters,
            ReturnRule returns);

  /// Appends the next calls, at most `limit`; none when the strategy has finished.
  void propose(std::size_t limit, std::vector<Call>& calls) { strategy_->propose(limit, calls); }

  void observe(std::span<const Verdict> verdicts);

  /// The model to return now. The return rule says by what: the leader of the strategy's Decision, the highest
  /// posterior, or the highest win rate. Equal posteriors go by win rate and the reverse, then by an order that is
  /// drawn once for the whole run. O(m).
  ModelId best() const;

  std::vector<double> posterior() const { return strategy_->posterior(); }
  std::vector<EarlierDraws> draws() const { return strategy_->draws(); }
  /// nullptr if the strategy can't stop by itself.
  const Decision* decision() const { return strategy_->decision(); }
  /// With what was known before the first call, if the strategy uses it.
  const std::vector<Tally>& tallies() const { return tallies_; }
  std::size_t calls() const { return calls_; }  ///< Answered.

 private:
  void count(std::span<const Verdict> verdicts);

  std::unique_ptr<Strategy> strategy_;
  std::shared_ptr<const QueryWeights> weights_;
  ReturnRule returns_;
  std::vector<Tally> tallies_;
  std::vector<ModelId> tie_order_;
  std::size_t calls_ = 0;
};

}  // namespace assay::select

#pragma GCC visibility pop
