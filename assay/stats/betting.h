#pragma once

#include <cstddef>
#include <span>

#include "assay/stats/intervals.h"

namespace assay::stats {

// Testing by betting. A gambler bets against a claim, at prices that would be fair or too high if the claim were
// true. The capital begins at 1. If the claim is true, it ever reaches x with probability 1/x at most, whatever
// ends the game (Ville's inequality, 1939). So a capital of 20 excludes the claim at the level of 5 %. After
// Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (JRSS-B 2024).

/// The capital of a gambler, in logarithms: it can exceed what a double holds.
class Capital {
 public:
  /// A payoff that came out `gain` above its price, at a stake chosen before; stake * gain > -1.
  void bet(double stake, double gain);
  /// A bet that multiplies the capital by a factor with this logarithm.
  void bet_log(double log_factor);

  double log() const { return log_; }
  /// The largest so far, at least 0.
  double highest_log() const { return highest_log_; }

 private:
  double log_ = 0;
  double highest_log_ = 0;
};

/// Level at which a capital of this logarithm excludes the claim: 1 / capital, at most 1.
double exclusion_level(double log_capital);

/// Mean of the values that are still to come. `drawn` < `population` values have come, with the sum `sum`; `mean`
/// is the mean of all. This is the fair price of the next value if they come in random order.
double mean_of_rest(double mean, double sum, std::size_t drawn, std::size_t population);

struct Stake {
  double size = 0;    ///< For Capital::bet; 0 where the payoff is not expected to exceed its price.
  double growth = 0;  ///< Expected of the logarithm of the capital, >= 0.
};

/// About the stake at which the capital is expected to grow fastest (Kelly 1956): e / s with e the expected gain
/// and s the expected square of it; but small enough that the worst outcome leaves a tenth of the capital.
/// @param mean  Expected payoff.
/// @param square  Expected square of the payoff.
/// @param price  Largest mean that the claim allows for the payoff.
/// @param lowest  Smallest payoff there is. If it is above the price, the claim is impossible and any stake wins.
Stake kelly_stake(double mean, double square, double price, double lowest);

/// 95 % interval of the mean of `population` values in [0, 1]. `values` are the first of them, in random order. It
/// holds for any values, and also if the values themselves decided when to stop: the intervals of all prefixes hold
/// together with 95 %. It stays within what is certain whatever the rest is. A point once everything is drawn; [0,
/// 1] if nothing is.
Interval betting_interval(std::span<const double> values, std::size_t population);

/// Interval of the mean of a distribution on [0, 1] from independent draws, in their order. It misses the mean with
/// probability `error` in (0, 1) at most, also if the draws decided when to stop. [0, 1] if there is none. O(n).
Interval drawn_mean_interval(std::span<const double> values, double error);

}  // namespace assay::stats
