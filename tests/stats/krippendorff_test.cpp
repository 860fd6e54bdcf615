#include "assay/stats/krippendorff.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::stats {
namespace {

using Units = std::vector<std::vector<std::size_t>>;

// Krippendorff 2011, section C: four observers, twelve units, values 1 to 5.
const Units kPublished = {{0, 0, 0},    {1, 1, 2, 1}, {2, 2, 2, 2}, {2, 2, 2, 2}, {1, 1, 1, 1}, {0, 1, 2, 3},
                          {3, 3, 3, 3}, {0, 0, 1, 0}, {1, 1, 1, 1}, {4, 4, 4},    {0, 0},       {2}};

// By the definition: what all pairs within units differ by against what all pairs of values differ by.
double slow_alpha(const Units& units, std::size_t categories, Level level) {
  std::vector<double> totals(categories, 0);
  std::vector<std::size_t> all;
  for (const auto& values : units) {
    if (values.size() < 2) continue;
    for (const std::size_t value : values) {
      ++totals[value];
      all.push_back(value);
    }
  }
  const auto squared = [&](std::size_t c, std::size_t k) {
    if (c == k) return 0.0;
    if (level == Level::nominal) return 1.0;
    if (c > k) std::swap(c, k);
    double between = 0;
    for (std::size_t g = c; g <= k; ++g) between += g == c || g == k ? totals[g] / 2 : totals[g];
    return between * between;
  };
  double observed = 0;
  for (const auto& values : units) {
    if (values.size() < 2) continue;
    double sum = 0;
    for (const std::size_t one : values) {
      for (const std::size_t other : values) sum += squared(one, other);
    }
    observed += sum / static_cast<double>(values.size() - 1);
  }
  double expected = 0;
  for (const std::size_t one : all) {
    for (const std::size_t other : all) expected += squared(one, other);
  }
  const auto n = static_cast<double>(all.size());
  return 1 - (observed / n) / (expected / (n * (n - 1)));
}

TEST(Krippendorff, PublishedExample) {
  const std::optional<Alpha> nominal = krippendorff_alpha(kPublished, 5, Level::nominal, 1);
  const std::optional<Alpha> ordinal = krippendorff_alpha(kPublished, 5, Level::ordinal, 1);
  ASSERT_TRUE(nominal && ordinal);
  EXPECT_NEAR(nominal->value, 0.743, 0.0005);
  EXPECT_NEAR(ordinal->value, 0.815, 0.0005);
  EXPECT_EQ(nominal->units, 11U);
  EXPECT_EQ(nominal->values, 40U);
}

// Section A of the same: two observers, ten units, two values, none missing.
TEST(Krippendorff, PublishedExampleOfTwoObservers) {
  const Units units = {{0, 1}, {1, 1}, {0, 1}, {0, 0}, {0, 0}, {0, 1}, {0, 0}, {0, 0}, {1, 0}, {0, 0}};
  EXPECT_NEAR(krippendorff_alpha(units, 2, Level::nominal, 1)->value, 0.095, 0.0005);
}

TEST(Krippendorff, EqualsTheSlowOne) {
  Rng rng(7);
  for (int round = 0; round < 200; ++round) {
    Units units(1 + rng.below(12));
    for (auto& values : units) {
      values.resize(rng.below(5));
      for (std::size_t& value : values) value = rng.below(3);
    }
    for (const Level level : {Level::nominal, Level::ordinal}) {
      const std::optional<Alpha> alpha = krippendorff_alpha(units, 3, level, 1, 10);
      const double slow = slow_alpha(units, 3, level);
      EXPECT_EQ(alpha.has_value(), std::isfinite(slow));
      if (alpha) {
        EXPECT_NEAR(alpha->value, slow, 1e-12);
      }
    }
  }
}

TEST(Krippendorff, IsUnknownWithoutTwoValuesThatDiffer) {
  EXPECT_FALSE(krippendorff_alpha({}, 3, Level::ordinal, 1));
  EXPECT_FALSE(krippendorff_alpha(Units{{1}, {2}}, 3, Level::ordinal, 1));
  EXPECT_FALSE(krippendorff_alpha(Units{{1, 1}, {1, 1}}, 3, Level::ordinal, 1));
  EXPECT_THROW(krippendorff_alpha(Units{{1, 3}}, 3, Level::ordinal, 1), InvalidArgument);
}

// Two raters who say the truth with chance 0.8, else any of three values.
Units made_up(std::size_t count, Rng& rng) {
  Units units(count);
  for (auto& values : units) {
    const std::size_t truth = rng.below(3);
    for (int i = 0; i < 2; ++i) values.push_back(rng.uniform() < 0.8 ? truth : rng.below(3));
  }
  return units;
}

TEST(Krippendorff, IntervalHoldsTheTruthAboutAsOftenAsItSays) {
  Rng rng(3);
  constexpr double kTruth = 0.64;  // both say the truth, beyond chance
  int held = 0;
  constexpr int kRounds = 300;
  for (int round = 0; round < kRounds; ++round) {
    const std::optional<Alpha> alpha = krippendorff_alpha(made_up(80, rng), 3, Level::nominal, 1, 400);
    held += alpha->interval.low <= kTruth && kTruth <= alpha->interval.high ? 1 : 0;
  }
  EXPECT_GE(held, 273);  // 91 %
  EXPECT_LE(held, 297);  // 99 %
}

TEST(Krippendorff, SeedMakesTheInterval) {
  Rng rng(5);
  const Units units = made_up(60, rng);
  const auto one = krippendorff_alpha(units, 3, Level::ordinal, 1);
  const auto same = krippendorff_alpha(units, 3, Level::ordinal, 1);
  const auto other = krippendorff_alpha(units, 3, Level::ordinal, 2);
  EXPECT_EQ(one->interval.low, same->interval.low);
  EXPECT_NE(one->interval.low, other->interval.low);
  EXPECT_LT(one->interval.low, one->value);
  EXPECT_GT(one->interval.high, one->value);
}

}  // namespace
}  // namespace assay::stats
