#include "assay/stats/intervals.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

struct Coverage {
  double loss;
  double draw;
  std::size_t population;
  std::size_t drawn;
};

void PrintTo(const Coverage& given, std::ostream* out) {
  *out << given.drawn << " of " << given.population << ", losses " << given.loss << ", draws " << given.draw;
}

class IntervalCoverage : public testing::TestWithParam<Coverage> {};

// Draws from a made-up population again and again: the interval must hold the population's mean about 95 times of
// 100.
TEST_P(IntervalCoverage, IsNear95Percent) {
  const Coverage& given = GetParam();
  Rng rng(5);
  constexpr int kRepeats = 2000;
  int held = 0;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    std::vector<double> values;
    for (std::size_t i = 0; i < given.population; ++i) {
      const double u = rng.uniform();
      values.push_back(u < given.loss ? 0.0 : u < given.loss + given.draw ? 0.5 : 1.0);
    }
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < given.drawn; ++i) {
      sum += values[i];
      squares += values[i] * values[i];
    }
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(given.population);
    const Interval interval = mean_interval(sum, squares, given.drawn, given.population);
    held += interval.low <= mean + 1e-12 && mean <= interval.high + 1e-12 ? 1 : 0;
  }
  const double share = static_cast<double>(held) / kRepeats;
  EXPECT_GT(share, 0.93) << "the interval told to the user is too narrow";
  EXPECT_LT(share, 0.995) << "the interval told to the user is needlessly wide";
}

INSTANTIATE_TEST_SUITE_P(Shares, IntervalCoverage,
                         testing::Values(Coverage{0.5, 0.0, 805, 50}, Coverage{0.3, 0.4, 805, 50},
                                         Coverage{0.5, 0.0, 805, 400}, Coverage{0.8, 0.1, 805, 100},
                                         Coverage{0.2, 0.2, 805, 20}, Coverage{0.3, 0.3, 100, 90},
                                         Coverage{0.4, 0.0, 100000, 200}));

TEST(MeanInterval, WithNothingDrawnIsEverything) {
  const Interval interval = mean_interval(0, 0, 0, 100);
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_EQ(interval.high, 1.0);
}

RC_GTEST_PROP(MeanInterval, StaysWithinWhatIsPossible, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const std::size_t population = *rc::gen::inRange<std::size_t>(1, 1000);
  const std::size_t drawn = *rc::gen::inRange<std::size_t>(0, population + 1);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 0; i < drawn; ++i) {
    const double value = 0.5 * static_cast<double>(rng.below(3));
    sum += value;
    squares += value * value;
  }
  const Interval interval = mean_interval(sum, squares, drawn, population);
  RC_ASSERT(interval.low >= 0 && interval.low <= interval.high && interval.high <= 1);
  const double rest = static_cast<double>(population - drawn);
  RC_ASSERT(interval.low >= sum / static_cast<double>(population) - 1e-12);
  RC_ASSERT(interval.high <= (sum + rest) / static_cast<double>(population) + 1e-12);
  if (drawn == population) {
    RC_ASSERT(interval.low == interval.high);
    RC_ASSERT(interval.low == sum / static_cast<double>(population));
  } else if (drawn > 0) {
    RC_ASSERT(interval.low < interval.high);
  }
}

// One, two and four degrees of freedom have quantiles in closed form.
TEST(Student95, IsTheQuantile) {
  constexpr double kTail = 4 * 0.975 * 0.025;
  EXPECT_NEAR(student95(1), std::tan(0.475 * std::numbers::pi), 1e-12);
  EXPECT_NEAR(student95(2), 0.95 * std::sqrt(2 / kTail), 1e-12);
  EXPECT_NEAR(student95(4), 2 * std::sqrt(std::cos(std::acos(std::sqrt(kTail)) / 3) / std::sqrt(kTail) - 1), 1e-12);
}

TEST(Student95, IsTheTable) {
  EXPECT_NEAR(student95(9.5), 2.2441, 0.0005);
  EXPECT_NEAR(student95(12), 2.1788, 0.00005);
  EXPECT_NEAR(student95(30), 2.0423, 0.00005);
  EXPECT_NEAR(student95(1e6), kNormal95, 1e-5);
  EXPECT_EQ(student95(0), student95(1)) << "at least one degree of freedom";
}

// Wilson 1927: the ends p are where the share is z standard errors of p away.
TEST(ShareInterval, EndsAreWhereTheShareIsJustNotExcluded) {
  for (const double share : {0.0, 0.02, 0.5, 0.9, 1.0}) {
    for (const double count : {1.0, 40.0, 1000.0}) {
      const Interval interval = share_interval(share, count);
      for (const double p : {interval.low, interval.high}) {
        const double standard_error = std::sqrt(p * (1 - p) / count);
        const bool at_the_edge = (p < 1e-12 && share == 0) || (p > 1 - 1e-12 && share == 1);
        if (!at_the_edge)
          EXPECT_NEAR(std::abs(share - p), kNormal95 * standard_error, 1e-9) << share << " " << count;
      }
      EXPECT_LE(interval.low, share + 1e-12);
      EXPECT_GE(interval.high, share - 1e-12);
    }
  }
}

}  // namespace
}  // namespace assay::stats
