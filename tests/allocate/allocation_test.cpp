#include "assay/allocate/allocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "assay/core/error.h"

namespace assay::allocate {
namespace {

using testing::HasSubstr;

TEST(Allocation, BudgetBelowTheWarmUpTellsHowManyCallsAreNeeded) {
  try {
    check_budget(allocator("robin-hood"), {}, 359, 2000);
    FAIL() << "no error";
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("begins with 20 calls to each of 359 arms: expected a budget of at least 7180 "
                          "calls, came 2000"));
  }
  EXPECT_NO_THROW(check_budget(allocator("robin-hood"), {}, 359, 7180));
}

TEST(Allocation, NoArmIsAnError) { EXPECT_THROW(Allocation(allocator("uniform"), {0, {}}, {}), InvalidArgument); }

TEST(Allocation, ScoresThatNoNumberCanSquareAreRefused) {
  Allocation allocation(allocator("assay"), {1, {}}, {});
  const ArmId arm = allocation.next();
  EXPECT_THROW(allocation.observe(arm, std::numeric_limits<double>::infinity()), InvalidArgument);
  EXPECT_THROW(allocation.observe(arm, -1e60), InvalidArgument);
  allocation.observe(arm, 1e50);
  EXPECT_THROW(allocation.observe(arm, 1), InvalidArgument) << "an answer that nobody asked for";
  EXPECT_THROW(allocation.observe(arm_id(1), 1), InvalidArgument);
}

TEST(Allocation, AFailedCallOfTheWarmUpIsMadeAgain) {
  Allocation allocation(allocator("uniform"), {3, {}}, {});
  for (int i = 0; i < 3; ++i) {
    const ArmId arm = allocation.next();
    allocation.observe(arm, index(arm) == 1 ? std::nan("") : 1.0);
  }
  EXPECT_EQ(index(allocation.next()), 1U);
}

TEST(Allocation, AnArmThatNeverAnswersDoesNotTakeTheBudget) {
  for (const AllocatorEntry& entry : allocators()) {
    const std::vector<double> variances = {1, 1, 1, 1};
    Allocation allocation(entry, {4, variances}, {});
    const std::size_t budget = 4000;
    for (std::size_t i = 0; i < budget; ++i) {
      const ArmId arm = allocation.next();
      allocation.observe(arm, index(arm) == 2 ? std::nan("") : static_cast<double>(i % 3));
    }
    EXPECT_EQ(allocation.arms()[2].scores, 0U);
    EXPECT_LT(allocation.arms()[2].calls, budget * 8 / 10) << entry.name;
    for (const std::size_t arm : {0U, 1U, 3U}) EXPECT_GT(allocation.arms()[arm].scores, 50U) << entry.name;
  }
}

TEST(Allocation, CallsUnderWayCountAsMade) {
  for (const AllocatorEntry& entry : allocators()) {
    const std::vector<double> variances(10, 1);
    Allocation allocation(entry, {10, variances}, {});
    std::vector<ArmId> asked;
    for (int i = 0; i < 500; ++i) asked.push_back(allocation.next());
    for (const ArmTally& arm : allocation.arms()) {
      EXPECT_NEAR(arm.calls, 50, entry.name == "robin-hood" ? 480 : 2) << entry.name;
    }
    for (const ArmId arm : asked) allocation.observe(arm, 1);
    EXPECT_EQ(allocation.calls(), 500U);
  }
}

}  // namespace
}  // namespace assay::allocate
