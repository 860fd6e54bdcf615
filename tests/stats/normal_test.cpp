#include "assay/stats/normal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

TEST(NormalCdf, AtKnownPoints) {
  EXPECT_DOUBLE_EQ(normal_cdf(0), 0.5);
  EXPECT_NEAR(normal_cdf(1.959963984540054), 0.975, 1e-15);
  EXPECT_NEAR(normal_cdf(-1), 0.15865525393145707, 1e-15);
  EXPECT_NEAR(normal_cdf(-8) / 6.220960574271785e-16, 1.0, 1e-9) << "tails lose no digits";
  EXPECT_EQ(normal_cdf(-1000), 0.0);
  EXPECT_EQ(normal_cdf(1000), 1.0);
}

TEST(ProbabilityOfLargest, OfTwoIsTheCdfOfTheirDifference) {
  for (const double mean : {-3.0, -0.2, 0.0, 1.0, 4.0}) {
    for (const double deviation : {0.1, 1.0, 3.0}) {
      const auto p = probability_of_largest(std::vector{mean, 0.0}, std::vector{deviation, 1.0});
      EXPECT_NEAR(p[0], normal_cdf(mean / std::hypot(deviation, 1.0)), 1e-6)
          << "mean " << mean << ", sd " << deviation;
    }
  }
}

TEST(ProbabilityOfLargest, AgreesWithDraws) {
  const std::vector<double> means = {0.3, 0.0, -0.5, 0.29, 1.0};
  const std::vector<double> deviations = {0.3, 1.0, 2.0, 0.1, 0.05};
  std::vector<double> shares(means.size(), 0.0);
  Rng rng(11);
  constexpr int kDraws = 200000;
  for (int i = 0; i < kDraws; ++i) {
    std::vector<double> values;
    for (std::size_t j = 0; j < means.size(); ++j) values.push_back(means[j] + deviations[j] * rng.normal());
    const auto largest = std::max_element(values.begin(), values.end()) - values.begin();
    shares[static_cast<std::size_t>(largest)] += 1.0 / kDraws;
  }
  const auto p = probability_of_largest(means, deviations);
  for (std::size_t j = 0; j < p.size(); ++j) EXPECT_NEAR(p[j], shares[j], 0.005) << "normal " << j;
}

TEST(ProbabilityOfLargest, OfEquals) {
  for (const std::size_t m : {1U, 2U, 53U, 500U}) {
    for (const double p : probability_of_largest(std::vector(m, 7.0), std::vector(m, 0.01))) {
      EXPECT_NEAR(p, 1.0 / static_cast<double>(m), 1e-12);
    }
  }
  EXPECT_TRUE(probability_of_largest({}, {}).empty());
}

RC_GTEST_PROP(ProbabilityOfLargest, IsADistributionThatFollowsTheMeans, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<double> means(*rc::gen::inRange<std::size_t>(1, 60));
  for (double& mean : means) mean = 5 * rng.normal();
  std::sort(means.begin(), means.end());
  const auto p = probability_of_largest(means, std::vector(means.size(), 0.05 + rng.uniform()));
  RC_ASSERT(std::abs(std::accumulate(p.begin(), p.end(), 0.0) - 1) < 1e-12);
  for (std::size_t j = 1; j < p.size(); ++j) RC_ASSERT(p[j] >= p[j - 1] - 1e-12);
  RC_ASSERT(p[0] >= 0);
}

TEST(Normal, QuantileIsTheInverse) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.75), 0.6744897501960817, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  for (const double p : {1e-300, 1e-20, 1e-6, 0.01, 0.3, 0.4999, 0.6, 0.99, 1 - 1e-9}) {
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-10) << p;
  }
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace assay::stats
