#include "assay/allocate/worst_error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::allocate {
namespace {

TEST(WorstError, IsTheMedianOfSimulatedWorstErrors) {
  Rng rng(1);
  std::vector<double> variances(40);
  for (double& variance : variances) variance = rng.gamma(0.5);
  std::vector<double> worst(4001);
  for (double& each : worst) {
    for (const double variance : variances) each = std::max(each, std::abs(std::sqrt(variance) * rng.normal()));
  }
  std::nth_element(worst.begin(), worst.begin() + 2000, worst.end());
  EXPECT_NEAR(likely_worst_error(variances), worst[2000], 0.1);
}

TEST(WorstError, OfOneIsTheQuartile) {
  const double one[] = {4.0};
  EXPECT_NEAR(likely_worst_error(one), 2 * 0.674489750196, 1e-9);
  const double none[] = {0.0, 0.0};
  EXPECT_EQ(likely_worst_error(none), 0);
  EXPECT_EQ(likely_worst_error({}), 0);
}

TEST(WorstError, UniformNeedsAsManyCallsAsItIsGiven) {
  const std::vector<double> variances = {1, 1, 2, 0.5};
  std::vector<double> of_means;
  for (const double variance : variances) of_means.push_back(variance / 25);
  EXPECT_NEAR(uniform_calls(variances, likely_worst_error(of_means)), 100, 1e-6);
}

}  // namespace
}  // namespace assay::allocate
