#include "assay/allocate/tournament.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "assay/core/rng.h"

namespace assay::allocate {
namespace {

std::size_t first_largest(const std::vector<double>& keys) {
  return static_cast<std::size_t>(std::max_element(keys.begin(), keys.end()) - keys.begin());
}

TEST(Tournament, FindsTheFirstLargestAfterEveryChange) {
  Rng rng(1);
  for (std::size_t arms = 1; arms <= 33; ++arms) {
    std::vector<double> keys(arms);
    for (double& key : keys) key = static_cast<double>(rng.below(4));  // many are equal
    Tournament tournament(keys);
    EXPECT_EQ(index(tournament.winner()), first_largest(keys)) << arms << " arms";
    for (int change = 0; change < 200; ++change) {
      const std::size_t arm = rng.below(arms);
      keys[arm] = static_cast<double>(rng.below(4)) - 2;
      tournament.set(arm_id(arm), keys[arm]);
      ASSERT_EQ(index(tournament.winner()), first_largest(keys)) << arms << " arms, change " << change;
    }
  }
}

TEST(Tournament, InfiniteKeysWinAndLose) {
  const double inf = std::numeric_limits<double>::infinity();
  Tournament tournament({-inf, -inf, -inf});
  EXPECT_EQ(index(tournament.winner()), 0U);
  tournament.set(arm_id(2), 0);
  EXPECT_EQ(index(tournament.winner()), 2U);
  tournament.set(arm_id(1), inf);
  EXPECT_EQ(index(tournament.winner()), 1U);
}

}  // namespace
}  // namespace assay::allocate
