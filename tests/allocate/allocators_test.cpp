#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "assay/allocate/allocation.h"
#include "assay/core/error.h"
#include "assay/core/scores.h"
#include "tests/allocate/sample_arms.h"

namespace assay::allocate {
namespace {

ArmTally tally(std::uint32_t scores, double m2) {
  ArmTally result;
  result.calls = result.scores = scores;
  result.m2 = m2;
  return result;
}

TEST(Uniform, GoesRoundTheArms) {
  Allocation allocation(allocator("uniform"), {3, {}}, {});
  for (std::size_t i = 0; i < 30; ++i) {
    const ArmId arm = allocation.next();
    EXPECT_EQ(index(arm), i % 3);
    allocation.observe(arm, 1);
  }
}

TEST(Robin, CallsAreProportionalToTheVariances) {
  const std::vector<double> variances = {1, 4, 0, 3};
  Allocation allocation(allocator("robin"), {4, variances}, {});
  for (int i = 0; i < 801; ++i) allocation.observe(allocation.next(), 0);
  EXPECT_NEAR(allocation.arms()[0].calls, 100, 1);
  EXPECT_NEAR(allocation.arms()[1].calls, 400, 1);
  EXPECT_EQ(allocation.arms()[2].calls, 1U);
  EXPECT_NEAR(allocation.arms()[3].calls, 300, 1);
}

TEST(Robin, NeedsAVarianceOfEachArm) {
  const std::vector<double> variances = {1, -1};
  EXPECT_THROW(Allocation(allocator("robin"), {2, {}}, {}), InvalidArgument);
  EXPECT_THROW(Allocation(allocator("robin"), {2, variances}, {}), InvalidArgument);
}

TEST(RobinHood, BeginsAndBoundsAsPublished) {
  const AllocatorEntry& entry = allocator("robin-hood");
  const ParameterValues published(entry.parameters);
  EXPECT_EQ(entry.warm_up(published), 20U);  // 4 ln(1 / 0.007) = 19.8
  EXPECT_EQ(entry.warm_up({entry.parameters, {0.07}}), 11U);
  const auto rule = entry.make({1, {}}, published);
  const double log = std::log(1 / 0.007);
  EXPECT_NEAR(rule->priority(arm_id(0), tally(40, 20)), 0.5 / (1 - 2 * std::sqrt(log / 40)) / 40, 1e-12);
  EXPECT_LT(rule->priority(arm_id(0), tally(40, 0)), 0) << "after every arm that varies";
}

// The trap that ours must not fall into: an arm whose first scores agree is left for good.
TEST(RobinHood, StarvesAnArmThatHappenedToAgree) {
  const auto calls_to_quiet = [](const char* name, const ParameterValues& parameters) {
    Allocation allocation(allocator(name), {2, {}}, parameters);
    for (int i = 0; i < 3000; ++i) {
      const ArmId arm = allocation.next();
      allocation.observe(arm, index(arm) == 0 ? 3 : 2 + allocation.arms()[1].calls % 2);
    }
    return allocation.arms()[0].calls;
  };
  EXPECT_EQ(calls_to_quiet("robin-hood", {allocator("robin-hood").parameters, {0.07}}), 11U);
  EXPECT_GT(calls_to_quiet("assay", {}), 30U);
}

TEST(AssayAllocator, ArmsThatAllVaryAlikeAreCalledAlike) {
  Rng rng(5);
  Allocation allocation(allocator("assay"), {50, {}}, {});
  for (int i = 0; i < 50 * 100; ++i) allocation.observe(allocation.next(), rng.normal());
  for (const ArmTally& arm : allocation.arms()) {
    EXPECT_GT(arm.calls, 75U);
    EXPECT_LT(arm.calls, 125U);
  }
}

TEST(AssayAllocator, NoisyArmsAreCalledMore) {
  Rng rng(6);
  Allocation allocation(allocator("assay"), {50, {}}, {});
  for (int i = 0; i < 50 * 400; ++i) {
    const ArmId arm = allocation.next();
    allocation.observe(arm, (index(arm) < 10 ? 4.0 : 1.0) * rng.normal());
  }
  double noisy = 0;
  for (std::size_t i = 0; i < 10; ++i) noisy += allocation.arms()[i].calls;
  EXPECT_NEAR(noisy / 20000, 0.8, 0.06) << "a share of 16 * 10 / (16 * 10 + 40)";
}

TEST(AssayAllocator, ScoresThatNeverDifferAreCalledInTurn) {
  Allocation allocation(allocator("assay"), {7, {}}, {});
  for (int i = 0; i < 700; ++i) allocation.observe(allocation.next(), 2);
  for (const ArmTally& arm : allocation.arms()) EXPECT_NEAR(arm.calls, 100, 1);
}

TEST(AssayAllocator, TheScaleOfTheScoresDoesNotMatter) {
  const ScoreTable table = sample_arms(30, 3);
  const auto calls = [&](double factor, double offset) {
    Allocation allocation(allocator("assay"), {30, {}}, {});
    std::vector<std::size_t> order;
    for (int i = 0; i < 900; ++i) {
      const ArmId arm = allocation.next();
      order.push_back(index(arm));
      const double score = recorded_score(table, 1, {arm, allocation.arms()[index(arm)].calls - 1});
      allocation.observe(arm, factor * score + offset);
    }
    return order;
  };
  EXPECT_EQ(calls(1, 0), calls(1024, 0));  // exact in binary
  EXPECT_EQ(calls(1, 0), calls(0.0625, 0));
}

TEST(Allocators, AnUnknownNameIsRefused) { EXPECT_THROW(allocator("best"), InvalidArgument); }

}  // namespace
}  // namespace assay::allocate
