#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/allocate/estimate.h"
#include "assay/core/rng.h"
#include "tests/reference/allocation.h"

namespace assay::allocate {
namespace {

TEST(ArmTally, MomentsAreThoseOfTwoPasses) {
  Rng rng(2);
  for (const double offset : {0.0, 3.0, 1e6}) {
    ArmTally tally;
    std::vector<double> scores;
    for (int i = 0; i < 200; ++i) {
      scores.push_back(offset + std::exp(rng.normal()));
      tally.add(scores.back());
      const ArmTally expected = reference::tally_of(scores);
      const double near = 1e-8 * (1 + offset / 1e3);
      ASSERT_NEAR(tally.mean, expected.mean, near);
      ASSERT_NEAR(tally.m2, expected.m2, near * (1 + expected.m2));
      ASSERT_NEAR(tally.m3, expected.m3, near * (1 + expected.m4));
      ASSERT_NEAR(tally.m4, expected.m4, near * (1 + expected.m4));
    }
  }
}

TEST(ArmTally, EqualScoresHaveExactlyNoVariance) {
  ArmTally tally;
  for (int i = 0; i < 100; ++i) tally.add(0.1);
  EXPECT_EQ(tally.m2, 0);
  EXPECT_EQ(tally.mean, 0.1);
}

TEST(ArmTally, AFailedCallIsNoPullButMostlyFailingCallsAre) {
  ArmTally tally;
  tally.calls = 5;
  tally.failed = 2;
  EXPECT_EQ(tally.pulls(), 3);
  tally.calls = tally.failed = 50;
  EXPECT_EQ(tally.pulls(), 5);
}

}  // namespace
}  // namespace assay::allocate
