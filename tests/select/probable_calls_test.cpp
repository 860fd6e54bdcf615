#include "assay/select/probable_calls.h"

#include <gtest/gtest.h>

namespace assay::select {
namespace {

TEST(ProbableCalls, TheLeaderAndSixToFortyQueryEquivalents) {
  EXPECT_EQ(probable_calls(53, 805, 0), (CallRange{805 + 6 * 53, 805 + 40 * 53}));
}

TEST(ProbableCalls, NoMoreThanThereAre) {
  EXPECT_EQ(probable_calls(6, 40, 0), (CallRange{76, 240}));
  EXPECT_EQ(probable_calls(3, 5, 0), (CallRange{15, 15}));
  EXPECT_EQ(probable_calls(0, 0, 0), (CallRange{0, 0}));
}

TEST(ProbableCalls, WhatIsKnownIsNotAsked) {
  EXPECT_EQ(probable_calls(6, 40, 70), (CallRange{6, 170}));
  EXPECT_EQ(probable_calls(6, 40, 100), (CallRange{0, 140}));
  EXPECT_EQ(probable_calls(6, 40, 240), (CallRange{0, 0}));
}

}  // namespace
}  // namespace assay::select
