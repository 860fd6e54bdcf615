#include "assay/asking/allocate_run.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

constexpr std::size_t kArms = 5;

AllocateSetup setup(const char* allocator, std::size_t budget) {
  AllocateSetup setup;
  for (std::size_t i = 0; i < kArms; ++i) setup.arms.push_back({"q" + std::to_string(i), "m", 1});
  setup.allocator = &allocate::allocator(allocator);
  setup.estimate = setup.allocator->estimate;
  setup.scale = {0, 9};
  setup.budget = budget;
  return setup;
}

// Of an arm that varies the more the later it stands.
double score(const Ask& ask) { return 4 + (ask.repeat % 2 == 0 ? 1.0 : -1.0) * ask.item; }

void finish(AllocateRun& run, std::size_t limit) {
  std::vector<Answer> answers;
  for (auto asks = run.next(limit); !asks.empty(); asks = run.next(limit)) {
    answers.clear();
    for (const Ask& ask : asks) answers.push_back({ask, score(ask)});
    run.take(answers);
  }
}

TEST(AllocateRun, SpendsTheBudgetWhereScoresVary) {
  AllocateRun run(setup("assay", 400));
  finish(run, 1);
  EXPECT_EQ(run.calls(), 400U);
  const AllocateReport report = run.report();
  ASSERT_EQ(report.arms.size(), kArms);
  EXPECT_GT(report.arms[4].calls, 2 * report.arms[1].calls);
  for (const AllocateReport::Arm& arm : report.arms) {
    EXPECT_LE(arm.interval.low, arm.mean);
    EXPECT_GE(arm.interval.high, arm.mean);
    EXPECT_NEAR(arm.mean, 4, 0.2);
  }
  EXPECT_TRUE(std::isnan(report.worst_error_true)) << "nobody said what the means are";
}

TEST(AllocateRun, WhatIsOutDoesNotCount) {
  AllocateRun run(setup("uniform", 100));
  const std::vector<Ask> asks = run.next(20);
  ASSERT_EQ(asks.size(), 20U);
  std::vector<Answer> half;
  for (std::size_t i = 0; i < 10; ++i) half.push_back({asks[i], score(asks[i])});
  run.take(half);
  std::size_t calls = 0;
  for (const AllocateReport::Arm& arm : run.report().arms) calls += arm.calls;
  EXPECT_EQ(calls, 10U);
  EXPECT_EQ(run.calls(), 10U);
  EXPECT_EQ(run.outstanding(), 10U);
}

TEST(AllocateRun, TakingBackIsAsIfItHadNeverBeen) {
  AllocateRun straight(setup("assay", 120)), wavering(setup("assay", 120));
  finish(straight, 1);
  std::size_t steps = 0;
  for (auto asks = wavering.next(1); !asks.empty(); asks = wavering.next(1)) {
    if (++steps % 5 == 0) {
      const Answer wrong{asks[0], 9};
      wavering.take({&wrong, 1});
      EXPECT_EQ(wavering.take_back(), asks[0]);
      asks = wavering.next(1);
    }
    const Answer right{asks[0], score(asks[0])};
    wavering.take({&right, 1});
  }
  const AllocateReport one = wavering.report(), other = straight.report();
  for (std::size_t i = 0; i < kArms; ++i) {
    EXPECT_EQ(one.arms[i].calls, other.arms[i].calls);
    EXPECT_EQ(one.arms[i].estimate, other.arms[i].estimate);
  }
}

TEST(AllocateRun, RefusesABudgetBelowTheWarmUp) {
  EXPECT_THROW(AllocateRun(setup("assay", 3)), InvalidArgument);
  EXPECT_THROW(check_budget(0), InvalidArgument);
}

}  // namespace
}  // namespace assay::asking
