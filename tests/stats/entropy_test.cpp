#include "assay/stats/entropy.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

TEST(Entropy, OfKnownDistributions) {
  EXPECT_EQ(entropy(std::vector{1.0}), 0.0);
  EXPECT_EQ(entropy(std::vector{0.0, 1.0, 0.0}), 0.0) << "0 log 0 is 0, not NaN";
  EXPECT_NEAR(entropy(std::vector{0.5, 0.5}), std::log(2.0), 1e-15);
  EXPECT_NEAR(entropy(std::vector(53, 1.0 / 53)), std::log(53.0), 1e-12);
  EXPECT_NEAR(entropy(std::vector{0.25, 0.75}), 0.5623351446188083, 1e-15);
}

TEST(NormalizeLog, NeitherOverflowsNorUnderflows) {
  for (const double far : {0.0, 1e4, -1e4, 1e300}) {
    std::vector<double> weights = {far, far, kNever};
    normalize_log(weights);
    EXPECT_EQ(weights, (std::vector{0.5, 0.5, 0.0})) << "log weights of " << far;
  }
  std::vector<double> apart = {-2000, 0, -3000};
  normalize_log(apart);
  EXPECT_EQ(apart, (std::vector{0.0, 1.0, 0.0}));
}

RC_GTEST_PROP(NormalizeLog, KeepsRatiosAndSumsToOne, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  std::vector<double> logs(*rc::gen::inRange<std::size_t>(1, 80));
  for (double& log : logs) log = 100 * rng.normal();
  std::vector<double> p = logs;
  normalize_log(p);
  double sum = 0;
  for (const double value : p) sum += value;
  RC_ASSERT(std::abs(sum - 1) < 1e-12);
  for (std::size_t j = 1; j < p.size(); ++j) {
    if (p[j] < 1e-200 || p[0] < 1e-200) continue;
    RC_ASSERT(std::abs(std::log(p[j] / p[0]) - (logs[j] - logs[0])) < 1e-9);
  }
  RC_ASSERT(entropy(p) >= 0 && entropy(p) <= std::log(static_cast<double>(p.size())) + 1e-12);
}

}  // namespace
}  // namespace assay::stats
