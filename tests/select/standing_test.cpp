#include "assay/select/standing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "assay/core/rng.h"

namespace assay::select {
namespace {

Draw draw_of(double kept, double all_kept, double chance) {
  return {.weight = 1, .kept = kept, .all_kept = all_kept, .chance = chance, .longest = 1 / chance};
}

TEST(Standing, TheCapitalByHand) {
  Standing standing(4);
  standing.plan(0, draw_of(0.5, 2, 0.25));
  standing.answer(0, 1, 0);
  standing.settle(3);  // may lose 1 of 4: (0.5 + 1) / (1/4 (2 + 1))
  EXPECT_NEAR(standing.capital().log(), std::log(2), 1e-12);
  EXPECT_EQ(standing.left(), 3);
  EXPECT_EQ(standing.may_lose(3), 0);
  standing.plan(1, draw_of(0.5, 1.5, 1.0 / 3));
  standing.answer(1, 1, 1);
  standing.settle(3);  // (0.5 + 0) / (1/3 (1.5 + 0))
  EXPECT_NEAR(standing.capital().log(), std::log(2), 1e-12);
  standing.plan(2, draw_of(0.5, 1, 0.5));
  standing.answer(2, 1, 0);
  standing.settle(3);
  EXPECT_LT(standing.may_lose(3), 0) << "two losses, and 3 of 4 are still claimed";
}

TEST(Standing, SettlesInTheOrderOfPlanningHoweverAnswersCome) {
  const std::vector<double> rewards = {0, 1, 0.5, 0, 1, 0.25};
  const auto after = [&](const std::vector<std::size_t>& order) {
    Standing standing(6);
    double kept = 3;
    for (std::size_t q = 0; q < 6; ++q, kept -= 0.5) {
      if (q == 2) {
        standing.plan(q, 1.0);
      } else {
        standing.plan(q, draw_of(0.5, kept, 1 / static_cast<double>(6 - q)));
      }
    }
    for (const std::size_t q : order) {
      standing.answer(q, 1, rewards[q]);
      standing.settle(3.5);
    }
    EXPECT_EQ(standing.left(), 0);
    EXPECT_NEAR(standing.gained(), 2.75, 1e-12);
    EXPECT_EQ(standing.draws().size(), 5U) << "a query that was chosen is no draw";
    return standing.capital().log();
  };
  const double straight = after({0, 1, 2, 3, 4, 5});
  EXPECT_NEAR(after({5, 4, 3, 2, 1, 0}), straight, 1e-12);
  EXPECT_NEAR(after({2, 5, 0, 4, 1, 3}), straight, 1e-12);
}

TEST(Standing, ACallThatFailedCountsHalfAndMayBeAnything) {
  Standing standing(2);
  standing.answer(0, 1, std::numeric_limits<double>::quiet_NaN());
  standing.answer(1, 1, 1);
  EXPECT_EQ(standing.gained(), 1.5);
  EXPECT_EQ(standing.interval().low, 1);
  EXPECT_EQ(standing.interval().high, 2);
}

// Draws of one's own choice, of any rewards: at the end of each run the interval is asked.
TEST(Standing, TheIntervalHoldsAtLeastAsOftenAsItSays) {
  constexpr int kRuns = 400;
  constexpr std::size_t kQueries = 12;
  int missed = 0;
  for (int run = 0; run < kRuns; ++run) {
    Rng rng(static_cast<std::uint64_t>(run), 8);
    std::vector<double> rewards(kQueries);
    double total = 0;
    for (double& reward : rewards) total += reward = rng.uniform() < 0.6 ? 1 : rng.uniform();
    Standing standing(kQueries);
    std::vector<std::size_t> open(kQueries);
    for (std::size_t q = 0; q < kQueries; ++q) open[q] = q;
    const std::size_t calls = 3 + rng.below(8);
    for (std::size_t i = 0; i < calls; ++i) {
      // Earlier queries are three times as likely as later ones.
      std::vector<double> chances;
      double all = 0;
      for (const std::size_t q : open) all += q < 6 ? 3 : 1;
      std::size_t at = 0;
      for (double place = rng.uniform() * all; place >= 0 && at < open.size(); ++at) place -= open[at] < 6 ? 3 : 1;
      const std::size_t q = open[at - 1];
      standing.plan(q, {.weight = 1,
                        .kept = 0.4,
                        .all_kept = 0.4 * static_cast<double>(open.size()),
                        .chance = (q < 6 ? 3 : 1) / all,
                        .longest = all});
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at - 1));
      standing.answer(q, 1, rewards[q]);
      standing.settle();
    }
    const stats::Interval interval = standing.interval();
    missed += total < interval.low - 1e-9 || total > interval.high + 1e-9 ? 1 : 0;
  }
  EXPECT_LE(missed, kRuns / 20 + 3 * std::sqrt(kRuns * 0.05 * 0.95));
}

// Against every claim what the bets of the first run would have come to.
TEST(Standing, GoesOnFromEarlierDraws) {
  Standing first(4);
  first.plan(0, draw_of(0.5, 2, 0.25));
  first.answer(0, 1, 0);
  first.settle(3);
  Standing later(4);
  later.answer(0, 1, 0);
  later.go_on_from({.model = model_id(0), .pool = 4, .draws = first.draws()}, 3);
  EXPECT_NEAR(later.capital().log(), first.capital().log(), 1e-12);
  Standing larger(5);  // one query has joined, and may be won
  larger.go_on_from({.model = model_id(0), .pool = 4, .draws = first.draws()}, 4);
  EXPECT_NEAR(larger.capital().log(), first.capital().log(), 1e-12);
}

}  // namespace
}  // namespace assay::select
