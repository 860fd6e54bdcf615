#include "assay/asking/recorded_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

ScoreTable table() {
  ScoreTable result;
  result.add_arm(std::vector<double>{1, 2, 3, 4});
  result.add_arm(std::vector<double>{5});
  result.add_arm(std::vector<double>{});
  result.add_arm(std::vector<double>{7, std::nan("")});
  return result;
}

TEST(RecordedScores, TheSameCallGivesTheSameScoreWhateverCameBefore) {
  const ScoreTable scores = table();
  RecordedScores once(scores, "j", 1), again(scores, "j", 1), other(scores, "j", 2);
  const auto ask = [](RecordedScores& oracle, std::uint32_t repeat) {
    const ScoreCall call{arm_id(0), repeat};
    double value = 0;
    oracle.ask({&call, 1}, [&](const Score& score) { value = score.value; });
    return value;
  };
  std::vector<double> forwards, backwards, others;
  for (std::uint32_t r = 0; r < 50; ++r) forwards.push_back(ask(once, r));
  for (std::uint32_t r = 50; r-- > 0;) backwards.insert(backwards.begin(), ask(again, r));
  for (std::uint32_t r = 0; r < 50; ++r) others.push_back(ask(other, r));
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards, others);
}

// Every score of an arm as often as any other, and the next call does not depend on this one or on its neighbour.
TEST(RecordedScores, DrawsAreUniformAndIndependent) {
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

TEST(RecordedScores, FailedCallsAreDrawnToo) {
  const ScoreTable scores = table();
  int failed = 0;
  for (std::uint32_t r = 0; r < 1000; ++r) failed += std::isnan(recorded_score(scores, 1, {arm_id(3), r}));
  EXPECT_NEAR(failed, 500, 80);
}

TEST(RecordedScores, CallsOutsideTheRecordsAreRefused) {
  const ScoreTable scores = table();
  RecordedScores oracle(scores, "j", 1);
  for (const std::size_t arm : {2U, 4U}) {
    const ScoreCall call{arm_id(arm), 0};
    EXPECT_THROW(oracle.ask({&call, 1}, [](const Score&) {}), InvalidArgument) << "arm " << arm;
  }
}

TEST(RecordedScores, NamesOfOtherJudgesAndSeedsDiffer) {
  const ScoreTable scores = table();
  EXPECT_THAT(RecordedScores(scores, "j", 1).name(), testing::MatchesRegex("recorded-scores:1:j:1:[0-9a-f]+"));
  EXPECT_NE(RecordedScores(scores, "j:1", 1).name(), RecordedScores(scores, "j", 11).name());
}

TEST(RecordedScores, OtherRecordsAreAnotherJudge) {
  const ScoreTable scores = table();
  ScoreTable more = table();
  more.add_arm(std::vector<double>{1});
  ScoreTable moved;
  moved.add_arm(std::vector<double>{1, 2, 3});
  moved.add_arm(std::vector<double>{4, 5});
  EXPECT_NE(RecordedScores(scores, "j", 1).name(), RecordedScores(more, "j", 1).name());
  EXPECT_NE(RecordedScores(scores, "j", 1).name(), RecordedScores(moved, "j", 1).name());
  EXPECT_EQ(RecordedScores(scores, "j", 1).name(), RecordedScores(table(), "j", 1).name());
}

TEST(ScoreTable, InfiniteScoresAreRefused) {
  ScoreTable scores;
  EXPECT_THROW(scores.add_arm(std::vector<double>{1, HUGE_VAL}), InvalidArgument);
  EXPECT_EQ(scores.arms(), 0U);
}

}  // namespace
}  // namespace assay::asking
