#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "assay/select/strategy.h"
#include "assay/stats/betting.h"
#include "assay/stats/intervals.h"

namespace assay::select {

/// What bets on these draws come to against the claim that the sum of rewards is this at least: the logarithm of a
/// capital that starts at 1. It rises with the claim, so that a claim that is refuted refutes larger ones.
double log_capital_of(std::span<const Draw> draws, double claim);

/// What one model has got on a pool of N queries, whose weights sum to N, and what the bet against it has come to:
/// that its sum of rewards, T, is `claim` at least. Calls are settled in the order in which they were planned,
/// whenever their answers come: then a draw was from exactly what was not settled at its time.
///
///     Standing standing(500);
///     standing.plan(position, draw);
///     standing.answer(position, 1.0);
///     standing.settle(claim);
class Standing {
 public:
  explicit Standing(double pool) : pool_(pool), left_(pool), unanswered_(pool) {}

  /// A call goes out for a query drawn at random.
  void plan(std::size_t position, const Draw& draw);
  /// A call goes out for a query that was chosen: nothing is staked.
  void plan(std::size_t position, double weight);
  /// Takes a reward in [0, 1]; NaN: the call failed, which counts 1/2. At once, if the query was not planned.
  void answer(std::size_t position, double weight, double reward);
  /// Settles what can be. `claim`: of T, against which is bet.
  void settle(double claim);
  /// Without a claim: what was drawn is counted, not bet on.
  void settle();

  double gained() const { return gained_; }  ///< Sum of settled rewards.
  double left() const { return left_; }      ///< Weight of what is not settled.
  double known() const { return known_; }    ///< Sum of all rewards that came, settled or not.
  std::size_t answered() const { return answered_; }
  double unanswered() const { return unanswered_; }  ///< Weight of the queries without an answer, settled or not.
  const std::vector<Draw>& draws() const { return draws_; }
  std::size_t outstanding() const { return planned_.size(); }
  double failed() const { return failed_; }  ///< Weight of calls without a reward.

  /// Sum of what may be lost of `left` if T is `claim`; negative: it can't be.
  double may_lose(double claim) const { return gained_ + left_ - claim; }

  /// The bet goes on from rows that were judged (see race.h), or from draws of an earlier run, which were bets
  /// against any claim: against this one they came to what they would have. Queries that were not in their pool are
  /// taken to be won. Each at most once.
  void start_with(double log_capital) { capital_.bet_log(log_capital); }
  void go_on_from(const EarlierDraws& earlier, double claim);
  /// Draws of an earlier run on the same pool count in the interval, too.
  void remember(std::vector<Draw> draws) { draws_ = std::move(draws); }
  const stats::Capital& capital() const { return capital_; }

  /// 95 % interval of T from what was drawn, whenever one looks. Exact if nothing is left.
  stats::Interval interval() const;

 private:
  struct Planned {
    std::size_t position = 0;
    Draw draw;
    bool drawn = false;
    bool answered = false;
    double reward = 0;
  };
  double highest() const;
  double lowest() const;
  void settle_first();
  void count(double weight, double reward);

  std::deque<Planned> planned_;
  std::vector<Draw> draws_;  // settled
  stats::Capital capital_;
  double known_ = 0;
  double gained_ = 0;
  double pool_;
  double left_;
  double unanswered_;
  double failed_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace assay::select
