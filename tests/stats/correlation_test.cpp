#include "assay/stats/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/rng.h"
#include "tests/reference/allocation.h"

namespace assay::stats {
namespace {

TEST(Correlation, KnownValues) {
  const std::vector<double> x = {1, 2, 3, 4, 5};
  const std::vector<double> y = {2, 1, 4, 3, 5};
  EXPECT_NEAR(*pearson(x, y), 0.8, 1e-12);
  EXPECT_NEAR(*spearman(x, y), 0.8, 1e-12);
  EXPECT_NEAR(*kendall(x, y), 0.6, 1e-12);
  const std::vector<double> cubes = {1, 8, 27, 64, 125};
  EXPECT_NEAR(*spearman(x, cubes), 1, 1e-12);
  EXPECT_NEAR(*kendall(x, cubes), 1, 1e-12);
  EXPECT_LT(*pearson(x, cubes), 1);
}

TEST(Correlation, HugeAndTinyValues) {
  const std::vector<double> x = {1, 2, 3, 4, 5};
  const std::vector<double> huge = {2e307, -1e308, 1e308, 3e307, 1.5e308};
  const std::vector<double> small = {2e-308, -1e-307, 1e-307, 3e-308, 1.5e-307};
  EXPECT_NEAR(*pearson(x, huge), *pearson(x, small), 1e-9);
  EXPECT_GT(*pearson(x, huge), 0.5);
}

TEST(Correlation, EqualValuesShareTheirRank) {
  const std::vector<double> x = {1, 1, 2};
  const std::vector<double> y = {1, 2, 3};
  EXPECT_NEAR(*spearman(x, y), std::sqrt(3) / 2, 1e-12);
  EXPECT_NEAR(*kendall(x, y), 2 / std::sqrt(6), 1e-12);
}

TEST(Correlation, KendallIsThatOfAllPairs) {
  Rng rng(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> x(2 + rng.below(40)), y(x.size());
    for (double& value : x) value = static_cast<double>(rng.below(1 + rng.below(12)));
    for (double& value : y) value = static_cast<double>(rng.below(1 + rng.below(12)));
    const double expected = reference::kendall(x, y);
    const auto came = kendall(x, y);
    ASSERT_EQ(came.has_value(), !std::isnan(expected));
    if (came) {
      ASSERT_NEAR(*came, expected, 1e-12);
    }
  }
}

TEST(Correlation, OfAConstantOrOfOnePairThereIsNone) {
  const std::vector<double> x = {1, 2, 3};
  const std::vector<double> constant = {2, 2, 2};
  EXPECT_FALSE(pearson(x, constant) || spearman(constant, x) || kendall(x, constant));
  const std::vector<double> tenths = {0.1, 0.1, 0.1};  // whose mean rounds
  EXPECT_FALSE(pearson(x, tenths) || spearman(tenths, x) || kendall(x, tenths));
  const std::vector<double> one = {1};
  EXPECT_FALSE(pearson(one, one) || spearman(one, one) || kendall(one, one));
}

}  // namespace
}  // namespace assay::stats
