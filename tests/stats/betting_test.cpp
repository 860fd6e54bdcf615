#include "assay/stats/betting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

TEST(Capital, GrowsByStakeTimesGainAndRemembersItsHighest) {
  Capital capital;
  EXPECT_EQ(exclusion_level(capital.highest_log()), 1) << "a claim is doubted before anybody bet";
  capital.bet(2, 0.5);
  EXPECT_DOUBLE_EQ(std::exp(capital.log()), 2);
  capital.bet(0.5, -1);
  EXPECT_DOUBLE_EQ(std::exp(capital.log()), 1);
  EXPECT_DOUBLE_EQ(exclusion_level(capital.highest_log()), 0.5) << "evidence that was there once is lost";
  for (int i = 0; i < 5000; ++i) capital.bet(1, 1);
  EXPECT_EQ(exclusion_level(capital.log()), 0) << "2^5000 is more than a double holds";
}

TEST(MeanOfRest, IsThatOfTheValuesNotDrawn) {
  const std::vector<double> values = {1, 0.5, 0, 0, 1, 1};
  EXPECT_DOUBLE_EQ(mean_of_rest(mean_of(values), 1.5, 2, 6), mean_of(std::span(values).subspan(2)));
}

TEST(KellyStake, GrowsCapitalFastestAndNeverRisksAllOfIt) {
  // Payoff 1 with probability 0.6, else -1: Kelly's textbook stake is 0.2.
  const Stake coin = kelly_stake(0.2, 1, 0, -1);
  EXPECT_NEAR(coin.size, 0.2, 1e-12);
  EXPECT_NEAR(coin.growth, 0.6 * std::log(1.2) + 0.4 * std::log(0.8), 0.001);
  EXPECT_EQ(kelly_stake(0.2, 1, 0.2, -1).size, 0) << "a bet at a fair price";
  EXPECT_EQ(kelly_stake(0.2, 1, 0.3, -1).size, 0) << "a bet at a loss";
  for (const double price : {-1.0, -0.999, -0.5, 0.0, 0.5}) {
    const double size = kelly_stake(0.9, 0.81, price, -1).size;
    EXPECT_GT(size, 0);
    EXPECT_GE(1 + size * (-1 - price), 0.1 - 1e-12) << "the worst payoff ruins, at price " << price;
  }
}

// The theorem, without chance: over all orders of a population whose mean is as claimed, capital is 1 on average.
TEST(KellyStake, CapitalIsOneOnAverageOverAllOrdersOfAPopulationThatIsAsClaimed) {
  const std::vector<std::vector<double>> populations = {{-1, 0, 0, 0.5, 0.5},
                                                        {-1, -1, 0.5, 0.5, 1},
                                                        {0, 0, 0, 0, 0},
                                                        {-1, -1, -0.5, 0, 1},
                                                        {-0.5, -0.5, 1, 0.5, -0.5}};
  for (std::vector<double> payoffs : populations) {
    const double claim = mean_of(payoffs);
    const std::size_t n = payoffs.size();
    std::vector<double> capital_after(n + 1, 0);
    double orders = 0;
    std::vector<std::size_t> order(n);  // of positions, so that equal values count as often as they are there
    std::iota(order.begin(), order.end(), std::size_t{0});
    do {
      Capital capital;
      double sum = 0;
      double squares = 0;
      capital_after[0] += 1;
      for (std::size_t t = 0; t < n; ++t) {
        const double drawn = static_cast<double>(t) + 0.5;
        const double price = mean_of_rest(claim, sum, t, n);
        // Wild guesses: what is expected of the payoff must not matter.
        const Stake stake = kelly_stake((sum + 0.3) / drawn, (squares + 0.1) / drawn, price, -1);
        const double payoff = payoffs[order[t]];
        capital.bet(stake.size, payoff - price);
        sum += payoff;
        squares += payoff * payoff;
        capital_after[t + 1] += std::exp(capital.log());
      }
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    for (std::size_t t = 0; t <= n; ++t) {
      EXPECT_NEAR(capital_after[t] / orders, 1, 1e-9)
          << "bets at fair prices win or lose on average, so levels are wrong; after " << t << " payoffs";
    }
  }
}

TEST(BettingInterval, KnowsWhatIsCertain) {
  const Interval nothing = betting_interval({}, 10);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
  const std::vector<double> values = {1, 0.5, 1, 0};
  const Interval all = betting_interval(values, 4);
  EXPECT_NEAR(all.low, 0.625, 1e-12) << "everything was judged, the mean is known";
  EXPECT_NEAR(all.high, 0.625, 1e-12) << "everything was judged, the mean is known";
  const Interval most = betting_interval(values, 5);
  EXPECT_GE(most.low, 0.5 - 1e-9) << "below what was judged plus nothing";
  EXPECT_LE(most.high, 0.7 + 1e-9) << "above what was judged plus a win";
}

TEST(BettingInterval, NarrowsAroundTheMeanAndIsTheSameFromEitherSide) {
  double last = 1;
  for (const std::size_t count : {20U, 80U, 320U}) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(i % 4 == 0 ? 0 : 1);
    const Interval found = betting_interval(values, 1000);
    EXPECT_LT(found.low, 0.75);
    EXPECT_GT(found.high, 0.75);
    EXPECT_LT(found.high - found.low, 0.7 * last) << "four times the verdicts, hardly a narrower interval";
    last = found.high - found.low;
    for (double& value : values) value = 1 - value;
    const Interval flipped = betting_interval(values, 1000);
    EXPECT_NEAR(flipped.low, 1 - found.high, 1e-9);
    EXPECT_NEAR(flipped.high, 1 - found.low, 1e-9);
  }
  EXPECT_LT(last, 0.16) << "320 of 1000 judged; an interval for one fixed moment would be 0.08 wide";
}

// Stops where the interval looks worst: at the first prefix that excludes the true mean, if there is one.
TEST(BettingInterval, CoversTheMeanAtEveryMomentOfARunIn95Percent) {
  constexpr std::size_t kRuns = 400;
  constexpr std::size_t kPopulation = 60;
  for (const double wins : {0.03, 0.5, 0.9}) {
    std::size_t missed = 0;
    for (std::size_t run = 0; run < kRuns; ++run) {
      Rng rng(run, 41);
      std::vector<double> values;
      for (std::size_t i = 0; i < kPopulation; ++i) {
        const double u = rng.uniform();
        values.push_back(u < wins ? 1 : u < wins + 0.05 ? 0.5 : 0);
      }
      const double mean = mean_of(values);
      bool outside = false;
      for (std::size_t count = 1; count < kPopulation && !outside; count += 3) {
        const Interval found = betting_interval(std::span(values).first(count), kPopulation);
        outside = mean < found.low - 1e-9 || mean > found.high + 1e-9;
      }
      missed += outside ? 1 : 0;
    }
    const double allowed = 0.05 * kRuns + 3 * std::sqrt(0.05 * 0.95 * kRuns);
    EXPECT_LE(static_cast<double>(missed), allowed)
        << "of " << kRuns << " intervals at 95 % so many miss the win rate " << wins;
  }
}

TEST(DrawnMeanInterval, HoldsThroughoutARunAsOftenAsItSays) {
  constexpr int kRuns = 400;
  for (const double share : {0.0, 0.02, 0.3, 0.5, 0.97}) {
    int missed = 0;
    for (int r = 0; r < kRuns; ++r) {
      Rng rng(8, static_cast<std::uint64_t>(r));
      std::vector<double> values;
      bool holds = true;
      // Whoever stops when it looks worst sees this.
      for (int i = 0; i < 60 && holds; ++i) {
        values.push_back(rng.uniform() < share ? 1.0 : 0.0);
        const Interval interval = drawn_mean_interval(values, 0.1);
        holds = interval.low <= share + 1e-9 && share <= interval.high + 1e-9;
      }
      missed += !holds;
    }
    EXPECT_LE(missed, 0.1 * kRuns + 3 * std::sqrt(0.09 * kRuns)) << "mean " << share;
  }
}

TEST(DrawnMeanInterval, NarrowsAndWidens) {
  EXPECT_EQ(drawn_mean_interval({}, 0.05).high, 1);
  std::vector<double> values;
  double width = 1;
  for (int i = 0; i < 400; ++i) {
    values.push_back(i % 2 == 0 ? 0.4 : 0.6);
    if (values.size() % 100 != 0) continue;
    const Interval interval = drawn_mean_interval(values, 0.05);
    EXPECT_LT(interval.high - interval.low, width);
    width = interval.high - interval.low;
    EXPECT_LE(interval.low, 0.5);
    EXPECT_GE(interval.high, 0.5);
  }
  EXPECT_LT(width, 0.1);
  const Interval surer = drawn_mean_interval(values, 0.0001);
  EXPECT_GT(surer.high - surer.low, width);
}

}  // namespace
}  // namespace assay::stats
