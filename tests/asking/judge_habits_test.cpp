#include "assay/asking/judge_habits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/asking/sample_task.h"

namespace assay::asking {
namespace {

constexpr double kUnjudged = std::numeric_limits<double>::quiet_NaN();

class HabitCountTest : public testing::Test {
 protected:
  static Verdict verdict(std::size_t query, double reward) { return {{query_id(query), model_id(0)}, reward}; }
  JudgeHabit habit(JudgeHabit::Kind kind) const {
    const std::vector<JudgeHabit> habits = count_.habits();
    const auto at = std::ranges::find(habits, kind, &JudgeHabit::kind);
    return at == habits.end() ? JudgeHabit{} : *at;
  }

  JudgeTask task_ = pair_task(10, {"a"});
  store::Comparison comparison_ = task_.comparison();
  HabitCount count_{comparison_};
};

TEST_F(HabitCountTest, NothingIsKnownAtFirst) { EXPECT_TRUE(count_.habits().empty()); }

TEST_F(HabitCountTest, DrawsAreOfVerdictsAndFailuresOfCalls) {
  comparison_.missing = {5};
  for (const double reward : {1.0, 0.5, 0.5, 0.0, kUnjudged}) count_.add(verdict(0, reward));
  count_.add(verdict(5, kUnjudged));  // nobody was asked
  EXPECT_EQ(habit(JudgeHabit::Kind::no_verdict).count, 1U);
  EXPECT_EQ(habit(JudgeHabit::Kind::no_verdict).of, 5U);
  EXPECT_EQ(habit(JudgeHabit::Kind::draws).count, 2U);
  EXPECT_EQ(habit(JudgeHabit::Kind::draws).of, 4U);
}

TEST_F(HabitCountTest, TheLongerOneIsPreferredWhereOneIs) {
  count_.add_lengths(verdict(0, 1), 10, 5);
  count_.add_lengths(verdict(0, 0), 5, 10);
  count_.add_lengths(verdict(0, 0), 10, 5);
  count_.add_lengths(verdict(0, 0.5), 10, 5);        // none
  count_.add_lengths(verdict(0, 1), 10, 10);         // neither is longer
  count_.add_lengths(verdict(0, kUnjudged), 10, 5);  // no verdict
  EXPECT_EQ(habit(JudgeHabit::Kind::longer_preferred).count, 2U);
  EXPECT_EQ(habit(JudgeHabit::Kind::longer_preferred).of, 3U);
}

TEST_F(HabitCountTest, RepliesTellOfOrder) {
  using Order = JudgeReply::Order;
  const std::vector<JudgeReply> replies = {
      {Order::model_first, 0, "", 1.0},    {Order::baseline_first, 0, "", 0.0}, {Order::model_first, 1, "", 1.0},
      {Order::baseline_first, 1, "", 1.0}, {Order::model_first, 2, "", 0.5},    {Order::baseline_first, 2, "", 0.0},
      {Order::model_first, 3, "", {}},     {Order::baseline_first, 3, "", 1.0}, {Order::alone, 0, "", 1.0}};
  count_.add_replies(replies);
  EXPECT_EQ(habit(JudgeHabit::Kind::first_preferred).count, 4U);  // of both questions at first, then of one each
  EXPECT_EQ(habit(JudgeHabit::Kind::first_preferred).of, 6U);
  EXPECT_EQ(habit(JudgeHabit::Kind::orders_contradict).count, 1U);
  EXPECT_EQ(habit(JudgeHabit::Kind::orders_contradict).of, 3U);
}

TEST_F(HabitCountTest, ItsIntervalIsWilsons) {
  for (int i = 0; i < 10; ++i) count_.add(verdict(0, i < 3 ? 0.5 : 1));
  const JudgeHabit draws = habit(JudgeHabit::Kind::draws);
  EXPECT_DOUBLE_EQ(draws.share(), 0.3);
  EXPECT_NEAR(draws.interval.low, 0.1078, 1e-4);
  EXPECT_NEAR(draws.interval.high, 0.6032, 1e-4);
}

}  // namespace
}  // namespace assay::asking
