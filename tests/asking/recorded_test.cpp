#include "assay/asking/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/error.h"
#include "tests/asking/sample_task.h"
#include "tests/select/sample_problem.h"

namespace assay::asking {
namespace {

TEST(RecordedOracle, GivesTheRecordedOutcomes) {
  store::Comparison comparison;
  comparison.queries = {"q0", "q1", "q2"};
  comparison.models = {"a", "b"};
  comparison.rewards = RewardTable(random_outcomes(3, 2, 0.3, 5));
  const JudgeTask task(comparison);
  RecordedOracle oracle(task, 1);
  std::size_t answers = 0;
  oracle.ask(all_asks(task), [&](const Answer& answer) {
    ++answers;
    const Outcome truth = comparison.rewards.outcome(query_id(answer.ask.item / 2), model_id(answer.ask.item % 2));
    EXPECT_EQ(outcome_of(answer.value), truth);
    EXPECT_EQ(answer.failed(), truth == Outcome::none);
  });
  EXPECT_EQ(answers, 6U);
  const Ask outside{6};
  EXPECT_THROW(oracle.ask({&outside, 1}, [](const Answer&) {}), InvalidArgument);
}

JudgeTask scored() {
  store::Scoring scoring;
  scoring.arms = {{"q0", "m", 1}, {"q1", "m", 1}};
  scoring.scores.add_arm(std::vector<double>{1, 2, 3, 4});
  scoring.scores.add_arm(std::vector<double>{});
  return {std::move(scoring), Scale{1, 5}};
}

TEST(RecordedOracle, TheSameAskGivesTheSameScoreWhateverCameBefore) {
  const JudgeTask task = scored();
  RecordedOracle once(task, 1), again(task, 1), other(task, 2);
  const auto ask = [](RecordedOracle& oracle, std::uint32_t repeat) {
    const Ask one{0, repeat};
    double value = 0;
    oracle.ask({&one, 1}, [&](const Answer& answer) { value = answer.value; });
    return value;
  };
  std::vector<double> forwards, backwards, others;
  for (std::uint32_t r = 0; r < 50; ++r) forwards.push_back(ask(once, r));
  for (std::uint32_t r = 50; r-- > 0;) backwards.insert(backwards.begin(), ask(again, r));
  for (std::uint32_t r = 0; r < 50; ++r) others.push_back(ask(other, r));
  EXPECT_EQ(forwards, backwards);
  EXPECT_NE(forwards, others);
  const Ask without{1};
  EXPECT_THROW(once.ask({&without, 1}, [](const Answer&) {}), InvalidArgument);
}

TEST(RecordedOracle, NothingOfItIsKept) {
  const JudgeTask task = scored();
  EXPECT_FALSE(RecordedOracle(task, 1).fingerprint(0).has_value());
}

}  // namespace
}  // namespace assay::asking
