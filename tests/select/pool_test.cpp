#include "assay/select/pool.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace assay::select {
namespace {

TEST(Pool, HoldsDistinctQueriesAndFollowsTheSeed) {
  const std::vector<QueryId> pool = draw_pool(100, 30, 4, 2);
  EXPECT_EQ(pool.size(), 30U);
  EXPECT_EQ(std::set<QueryId>(pool.begin(), pool.end()).size(), 30U) << "a query would be judged twice";
  for (const QueryId query : pool) EXPECT_LT(index(query), 100U);
  EXPECT_EQ(draw_pool(100, 30, 4, 2), pool);
  EXPECT_NE(draw_pool(100, 30, 4, 3), pool) << "all realizations would have the same pool";
  EXPECT_NE(draw_pool(100, 30, 5, 2), pool);
  EXPECT_EQ(draw_pool(7, 30, 1).size(), 7U);
}

TEST(Pool, EveryQueryIsEquallyLikely) {
  std::array<int, 10> drawn{};
  for (std::uint64_t stream = 0; stream < 20'000; ++stream) {
    for (const QueryId query : draw_pool(10, 3, 1, stream)) ++drawn[index(query)];
  }
  for (const int count : drawn) EXPECT_NEAR(count, 6000, 300);
}

}  // namespace
}  // namespace assay::select
