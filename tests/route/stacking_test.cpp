#include "assay/route/stacking.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>

#include "assay/core/rng.h"

namespace assay::route {
namespace {

TEST(Stacking, FindsTheWeights) {
  Stacking stacking(2);
  Rng rng(1);
  for (int i = 0; i < 100; ++i) {
    const double x = rng.normal(), y = rng.normal();
    stacking.add(std::array{x, y}, 0.3 * x + 0.5 * y);
  }
  const std::vector<double> weights = stacking.weights();
  EXPECT_NEAR(weights[0], 0.3, 1e-6);
  EXPECT_NEAR(weights[1], 0.5, 1e-6);
  EXPECT_NEAR(stacking.squared_error(weights), 0, 1e-6);
}

TEST(Stacking, NeverBelievesTheOpposite) {
  Stacking stacking(2);
  Rng rng(2);
  for (int i = 0; i < 100; ++i) {
    const double x = rng.normal(), y = rng.normal();
    stacking.add(std::array{x, y}, 0.7 * x - 2 * y);
  }
  const std::vector<double> weights = stacking.weights();
  EXPECT_EQ(weights[1], 0);
  EXPECT_GT(weights[0], 0);
}

TEST(Stacking, EqualFeaturesAreNoTrouble) {
  Stacking stacking(2);
  for (const double x : {1.0, 2.0, -1.0}) stacking.add(std::array{x, x}, x);
  const std::vector<double> weights = stacking.weights();
  EXPECT_NEAR(weights[0] + weights[1], 1, 1e-6);
}

TEST(Stacking, WithoutRowsBelievesNothing) { EXPECT_EQ(Stacking(3).weights(), std::vector<double>(3, 0.0)); }

RC_GTEST_PROP(Stacking, IsNoWorseThanAnyOtherWeights, (std::uint64_t seed)) {
  Rng rng(seed);
  Stacking stacking(3);
  for (int i = 0; i < 20; ++i) {
    stacking.add(std::array{rng.normal(), rng.normal(), rng.normal()}, rng.normal());
  }
  const double least = stacking.squared_error(stacking.weights());
  for (int i = 0; i < 200; ++i) {
    const std::array other = {rng.uniform(), rng.uniform() * 0.3, rng.uniform() * 0.1};
    RC_ASSERT(least <= stacking.squared_error(other) + 1e-9);
  }
}

RC_GTEST_PROP(Stacking, RowsCanBeTakenOut, (std::uint64_t seed)) {
  Rng rng(seed);
  Stacking all(2), some(2), few(2);
  for (int i = 0; i < 30; ++i) {
    const std::array row = {rng.normal(), rng.normal()};
    const double target = rng.normal();
    all.add(row, target);
    (i % 3 == 0 ? few : some).add(row, target);
  }
  all.add(few, -1);
  const std::vector<double> expected = some.weights(), came = all.weights();
  for (std::size_t f = 0; f < 2; ++f) RC_ASSERT(std::abs(expected[f] - came[f]) < 1e-6);
}

}  // namespace
}  // namespace assay::route
