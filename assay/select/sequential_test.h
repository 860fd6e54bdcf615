#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/select/strategy.h"
#include "assay/stats/betting.h"

namespace assay::select {

/// A sequential test: testing by betting on complete rows of verdicts. Each bet's capital
/// is a test martingale, so that Ville's inequality bounds the risk at all times. The theorem is at the head of
/// sequential_test.cpp.
class SequentialTest : public Decision {
 public:
  /// `models` >= 1, `pool` >= 1 queries. With the goal's `population` the pool is a sample of endlessly many.
  /// Of equal sums the first of an order drawn from `seed` leads.
  SequentialTest(const Goal& goal, std::size_t models, std::size_t pool, std::uint64_t seed = 0);

  /// Worth of the outcomes of the pool's next query, one for each model. Those of models that have left the race
  /// are ignored. The queries must come in random order. Not to be called once the test is over. O(m log m).
  void add_row(std::span<const double> row);

  std::size_t models() const { return runners_.size(); }
  std::size_t rows() const { return rows_; }
  /// Still to be judged: not refuted as the best. The leader always is.
  bool racing(ModelId model) const { return runners_[index(model)].racing; }
  /// One model is left, or the whole pool was judged.
  bool over() const { return order_.size() <= 1 || rows_ == pool_; }

  /// For each model the level at which it is refuted as the best (the leader: 1), divided by their sum. They order
  /// the models; they are no odds.
  std::vector<double> posterior() const;

  /// The rewards of its rows, in their order.
  std::span<const double> judged(ModelId model) const { return runners_[index(model)].judged; }
  /// What the bet against "`model` is the best" brings along when its rows are over: a logarithm. With an epsilon a
  /// part of the capital was staked on other claims.
  double log_capital(ModelId model) const;
  /// What the bet against "`model` is the best" has come to: at most 1 in expectation if it is.
  const stats::Capital& against_best(ModelId model) const { return runners_[index(model)].capital; }
  /// Likewise of the bet against "`leader` is more than epsilon worse than `model`". nullptr if `leader` never led
  /// while leaders were counted, or if epsilon is 0.
  const stats::Capital* against_claim(ModelId leader, ModelId model) const;

  /// Of those in the race the one with the largest sum of verdicts.
  ModelId leader() const override { return model_id(order_.front()); }
  /// As Decision::risk; 0 where the verdicts to come can change nothing. Holds at all times at once.
  double risk() const override;
  /// From the means and spreads of the differences so far, by the normal.
  double population_risk() const override;
  /// Win rates are means of the verdicts while the model raced; exact if that is the whole pool. Models leave when
  /// they look bad, so that their rates are a little low. The intervals (betting_interval) allow for that. Each
  /// interval holds with 95 %, not all of them together. O(m * rows), and slow.
  std::vector<Estimate> estimates() const override;
  /// From the means and spreads so far. O(m).
  std::size_t calls_to_decide() const override;

 private:
  // Opponents: so many models with the largest sums, whichever promises most.
  static constexpr std::array<std::size_t, 4> kOpponents = {1, 2, 3, 5};

  struct Runner {
    bool racing = true;
    double sum = 0;
    std::vector<double> judged;                       // worth, in the order of the pool
    std::array<double, kOpponents.size()> squares{};  // of the payoffs against so many opponents
    stats::Capital capital;                           // G
  };

  // The bets that a leader is more than epsilon below the best, one against each model.
  struct Claim {
    struct Bet {
      stats::Capital capital;  // K
      double highest = 0;      // log of g G + (1 - g) w K, at its highest
    };
    std::size_t leader = 0;
    double log_weight = 0;  // log of (1 - g) w
    std::vector<Bet> against;
  };

  struct Bet {
    stats::Stake stake;
    double gain = 0;  // payoff less price
  };
  struct Sums {  // over the first so many models of order_
    std::vector<double> judged = {0};
    std::vector<double> row = {0};
  };

  double alpha() const { return 1 - goal_.confidence; }
  double share_of_best() const;
  double level_as_best(std::size_t b) const;
  const Claim* claim() const;
  std::size_t claim_of(std::size_t leader) const;
  double price(double lead, double margin) const;
  stats::Stake stake(double lead, double squares, double prior_square, double margin) const;
  Bet best_bet(std::size_t place, const Sums& sums, std::span<const double> row);
  void bet_on_best(std::span<const double> row);
  void bet_on_claim(std::span<const double> row);
  void note_claims();
  void drop_refuted();
  void find_claim();
  double certain_lead(std::size_t b) const;
  double risk_of(std::size_t b) const;
  double rows_to_settle(std::size_t b, bool as_best) const;

  Goal goal_;
  std::size_t pool_;  // N
  std::uint64_t seed_;
  std::size_t rows_ = 0;            // t
  std::vector<Runner> runners_;     // one for each model
  std::vector<std::size_t> order_;  // models in the race, by falling sums
  std::vector<Claim> claims_;       // none if epsilon is 0
  std::size_t claim_ = 0;           // of the leader; the number of claims if it has none
};

}  // namespace assay::select
