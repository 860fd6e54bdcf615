#include "assay/asking/kept_answers.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/asking/sample_task.h"
#include "tests/judge/failing_oracle.h"
#include "tests/judge/memory_oracle.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using testing::ElementsAre;

// Of the fixture's study: queries q1..q3, models bad and good.
class KeptAnswersTest : public StudyTest {
 protected:
  KeptAnswersTest() : study_(sample()), task_(study_.comparison({})) {
    for (std::uint32_t item = 0; item < task_.size(); ++item) oracle_.put(item, item % 2 == 0 ? 0.0 : 1.0);
  }

  std::vector<double> get(KeptAnswers& answers, const std::vector<Ask>& asks) {
    std::vector<Answer> came;
    answers.get(asks, came);
    std::vector<double> values;
    for (std::size_t i = 0; i < came.size(); ++i) {
      EXPECT_EQ(came[i].ask, asks[i]) << "answers stand in the order of the asks";
      values.push_back(came[i].value);
    }
    return values;
  }
  std::size_t asked_of(const std::vector<Ask>& asks) {
    KeptAnswers answers(study_, task_, oracle_);
    get(answers, asks);
    return answers.asked();
  }

  store::Study study_;
  JudgeTask task_;
  MemoryOracle oracle_{"memory"};
};

TEST_F(KeptAnswersTest, WhatIsKeptIsNotAskedAgain) {
  KeptAnswers answers(study_, task_, oracle_);
  EXPECT_THAT(get(answers, {{3}, {0}}), ElementsAre(1.0, 0.0));
  EXPECT_THAT(get(answers, {{0}, {1}, {3}}), ElementsAre(0.0, 1.0, 1.0));
  EXPECT_EQ(answers.asked(), 3U);
  EXPECT_EQ(asked_of({{0}, {1}, {3}, {4}}), 1U);
}

TEST_F(KeptAnswersTest, WhatWasShownMustBeTheSame) {
  asked_of(all_asks(task_));
  oracle_.show(2, "another text");
  oracle_.put(2, 0.5);
  KeptAnswers answers(study_, task_, oracle_);
  EXPECT_THAT(get(answers, all_asks(task_)), ElementsAre(0.0, 1.0, 0.5, 1.0, 0.0, 1.0));
  EXPECT_EQ(answers.asked(), 1U);
  EXPECT_EQ(asked_of(all_asks(task_)), 0U);
}

// Texts that come back find their answers again.
TEST_F(KeptAnswersTest, AnswersToEarlierTextsAreNotForgotten) {
  asked_of(all_asks(task_));
  MemoryOracle changed("memory");
  changed.show(2, "another text");
  changed.put(2, 0.5);
  {
    KeptAnswers answers(study_, task_, changed);
    get(answers, {{2}});
  }
  EXPECT_EQ(asked_of(all_asks(task_)), 0U);
}

TEST_F(KeptAnswersTest, AFailedPairIsAskedAgainAFailedScoreIsNot) {
  oracle_.put(1, std::nan(""));
  EXPECT_EQ(asked_of({{1}}), 1U);
  EXPECT_EQ(asked_of({{1}}), 1U);
  store::Scoring scoring;
  scoring.arms = {{"q1", "good", 1}, {"q2", "good", 1}};
  const JudgeTask scores(std::move(scoring), Scale{0, 1});
  MemoryOracle judge("scores");
  judge.put(0, 0.25);
  for (const std::size_t anew : {3U, 0U}) {
    KeptAnswers answers(study_, scores, judge);
    const std::vector<double> values = get(answers, {{0, 0}, {0, 1}, {1, 0}});
    EXPECT_EQ(values[1], 0.25);
    EXPECT_TRUE(std::isnan(values[2]));
    EXPECT_EQ(answers.asked(), anew);
  }
}

TEST_F(KeptAnswersTest, WhatCameBeforeAFailureIsKept) {
  FailingOracle failing(oracle_, 2);
  KeptAnswers answers(study_, task_, failing);
  std::vector<Answer> came;
  EXPECT_THROW(answers.get(all_asks(task_), came), OracleError);
  EXPECT_EQ(asked_of(all_asks(task_)), 4U);
}

TEST_F(KeptAnswersTest, WhatIsForgottenIsAskedAgain) {
  {
    KeptAnswers answers(study_, task_, oracle_);
    get(answers, {{0}, {1}});
    answers.forget({1});
    EXPECT_EQ(answers.asked(), 1U);
    EXPECT_THAT(get(answers, {{1}}), ElementsAre(1.0));
    answers.forget({1});
  }
  EXPECT_EQ(asked_of({{0}, {1}}), 1U);
}

// What an older Assay kept without saying what was shown counts for what is shown at the next run, and only that.
TEST_F(KeptAnswersTest, AnswersWithoutATextAreTakenOverOnce) {
  for (const char* query : {"q1", "q2", "q3"}) study_.keep_answer("memory", {query, "good", 0, 0, {}, 0.5});
  {
    KeptAnswers answers(study_, task_, oracle_);
    EXPECT_THAT(get(answers, {{1}, {3}, {5}}), ElementsAre(0.5, 0.5, 0.5));
    EXPECT_EQ(answers.asked(), 0U);
    EXPECT_EQ(answers.notes().size(), 1U);
  }
  oracle_.show(3, "another text");
  KeptAnswers answers(study_, task_, oracle_);
  EXPECT_THAT(get(answers, {{1}, {3}, {5}}), ElementsAre(0.5, 1.0, 0.5));
  EXPECT_EQ(answers.asked(), 1U);
  EXPECT_TRUE(answers.notes().empty()) << "told once";
}

TEST_F(KeptAnswersTest, WhatCountsIsKnownWithoutAsking) {
  oracle_.put(3, std::nan(""));
  asked_of({{4}, {3}, {1}});
  const store::AnswerMark then = study_.answer_mark();
  asked_of({{0}});
  oracle_.show(4, "another text");
  const std::size_t asked = oracle_.asked().size();
  const KeptAnswers answers(study_, task_, oracle_);
  const auto items = [&](const store::AnswerMark& until) {
    std::vector<std::uint32_t> found;
    for (const Answer& answer : answers.known(until)) {
      EXPECT_TRUE(answer.known);
      EXPECT_EQ(answer.value, answer.ask.item % 2 == 0 ? 0.0 : 1.0);
      found.push_back(answer.ask.item);
    }
    return found;
  };
  EXPECT_THAT(items(study_.answer_mark()), ElementsAre(0, 1)) << "a failed call and a changed text count";
  EXPECT_THAT(items(then), ElementsAre(1)) << "what came later";
  EXPECT_EQ(oracle_.asked().size(), asked);
}

}  // namespace
}  // namespace assay::asking
