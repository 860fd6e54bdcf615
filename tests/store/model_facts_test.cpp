#include "assay/store/model_facts.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::store {
namespace {

TEST(ModelFacts, CostsAreDollars) {
  const std::vector<double> costs = costs_of(std::vector<ModelFacts>{{0, 1'250'000}, {0, 0}, {}});
  ASSERT_EQ(costs.size(), 3U);
  EXPECT_EQ(costs[0], 1.25);
  EXPECT_EQ(costs[1], 0) << "nothing is a price, too";
  EXPECT_TRUE(std::isnan(costs[2]));
}

TEST(ModelFacts, SizesAreKnownOrNotANumber) {
  const std::vector<double> sizes = sizes_of(std::vector<ModelFacts>{{7e9, {}}, {}});
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_EQ(sizes[0], 7e9);
  EXPECT_TRUE(std::isnan(sizes[1]));
}

}  // namespace
}  // namespace assay::store
