#include "assay/core/scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "assay/core/error.h"

namespace assay {
namespace {

ScoreTable table() {
  ScoreTable result;
  result.add_arm(std::vector<double>{1, 2, 3, 4});
  result.add_arm(std::vector<double>{5});
  result.add_arm(std::vector<double>{});
  result.add_arm(std::vector<double>{7, std::nan("")});
  return result;
}

// Every score of an arm as often as any other, and the next call does not depend on this one or on its neighbour.
TEST(RecordedScore, DrawsAreUniformAndIndependent) {
  const ScoreTable scores = table();
  std::map<double, int> single;
  std::map<std::pair<double, double>, int> in_turn, beside;
  ScoreTable two;
  two.add_arm(std::vector<double>{1, 2, 3, 4});
  two.add_arm(std::vector<double>{1, 2, 3, 4});
  constexpr int kDraws = 40'000;
  for (std::uint32_t r = 0; r < kDraws; ++r) {
    ++single[recorded_score(two, 9, {arm_id(0), r})];
    ++in_turn[{recorded_score(two, 9, {arm_id(0), r}), recorded_score(two, 9, {arm_id(0), r + 1})}];
    ++beside[{recorded_score(two, 9, {arm_id(0), r}), recorded_score(two, 9, {arm_id(1), r})}];
  }
  for (const auto& [score, count] : single) EXPECT_NEAR(count, kDraws / 4.0, 450) << score;
  EXPECT_EQ(in_turn.size(), 16U);
  for (const auto& [pair, count] : in_turn) EXPECT_NEAR(count, kDraws / 16.0, 250);
  for (const auto& [pair, count] : beside) EXPECT_NEAR(count, kDraws / 16.0, 250);
}

TEST(RecordedScore, FailedCallsAreDrawnToo) {
  const ScoreTable scores = table();
  int failed = 0;
  for (std::uint32_t r = 0; r < 1000; ++r) failed += std::isnan(recorded_score(scores, 1, {arm_id(3), r}));
  EXPECT_NEAR(failed, 500, 80);
}

TEST(ScoreTable, InfiniteScoresAreRefused) {
  ScoreTable scores;
  EXPECT_THROW(scores.add_arm(std::vector<double>{1, HUGE_VAL}), InvalidArgument);
  EXPECT_EQ(scores.arms(), 0U);
}

}  // namespace
}  // namespace assay
