#include "assay/sim/model_pools.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "assay/core/error.h"

namespace assay::sim {
namespace {

TEST(ModelPools, EverySetIsEquallyLikely) {
  const std::vector<double> accuracy = {0.5, 0.1, 0.52, 0.58, 0.6, std::nan(""), 0.9};
  Rng rng(1);
  std::map<std::vector<std::size_t>, std::size_t> seen;
  for (const auto& pool : draw_pools(accuracy, 14'000, 2, 0.1, rng)) ++seen[pool];
  // Within 0.1: 0-2, 0-3, 0-4 (exactly 0.1, within rounding), 2-3, 2-4, 3-4.
  ASSERT_GE(seen.size(), 5U);
  for (const auto& [pool, count] : seen) {
    EXPECT_NEAR(static_cast<double>(count), 14'000.0 / static_cast<double>(seen.size()), 250);
    EXPECT_LE(std::abs(accuracy[pool[0]] - accuracy[pool[1]]), 0.1 + 1e-12);
    EXPECT_LT(pool[0], pool[1]);
  }
}

TEST(ModelPools, WithoutSuchASetThereIsNone) {
  Rng rng(1);
  EXPECT_TRUE(draw_pools(std::vector<double>{0.1, 0.5, 0.9}, 1, 2, 0.1, rng).empty());
  EXPECT_THROW(draw_pools(std::vector<double>{0.1}, 1, 0, 0.1, rng), InvalidArgument);
  EXPECT_EQ(draw_pools(std::vector<double>{0.1, 0.5}, 1, 1, 0, rng)[0].size(), 1U);
}

}  // namespace
}  // namespace assay::sim
