#include "assay/asking/measure_memory.h"

#include <gtest/gtest.h>

#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using store::ComparisonChoice;
using store::Measure;

class MeasureMemoryTest : public StudyTest {
 protected:
  MeasureMemoryTest() : study_(sample()) {}

  void remember(bool lower_is_better) {
    store::Comparison comparison;
    comparison.measure = Measure::score;
    comparison.scale = {1, 10};
    comparison.lower_is_better = lower_is_better;
    remember_measure(study_, comparison);
  }

  store::Study study_;
};

TEST_F(MeasureMemoryTest, NothingIsRememberedAtFirst) {
  ComparisonChoice choice;
  EXPECT_FALSE(take_measure(study_, choice));
  EXPECT_FALSE(choice.measure);
}

TEST_F(MeasureMemoryTest, CompletesWhatIsLeftOpen) {
  remember(true);
  ComparisonChoice open;
  EXPECT_TRUE(take_measure(study_, open));
  EXPECT_EQ(open.measure, Measure::score);
  ASSERT_TRUE(open.scale);
  EXPECT_EQ(open.scale->low, 1);
  EXPECT_EQ(open.scale->high, 10);
  EXPECT_TRUE(open.lower_is_better);
  ComparisonChoice scores{.measure = Measure::score};
  EXPECT_TRUE(take_measure(study_, scores));
  EXPECT_EQ(scores.scale->high, 10);
  EXPECT_FALSE(scores.lower_is_better) << "who says the measure says which way it goes";
}

TEST_F(MeasureMemoryTest, WhatIsGivenStays) {
  remember(false);
  ComparisonChoice scale{.scale = Scale{0, 1}};
  EXPECT_TRUE(take_measure(study_, scale));
  EXPECT_EQ(scale.scale->high, 1);
  ComparisonChoice compared{.baseline = "base"};
  EXPECT_FALSE(take_measure(study_, compared));
  EXPECT_FALSE(compared.measure);
  ComparisonChoice rates{.measure = Measure::win_rate};
  EXPECT_FALSE(take_measure(study_, rates));
  EXPECT_FALSE(rates.scale);
}

TEST_F(MeasureMemoryTest, AJudgeThatHasOnlyOneOfTheTwoDecides) {
  study_.keep_answer("command-scores:1:x:1,5", {"q1", "good", 1, 0, {}, 3});
  ComparisonChoice choice{.judge = "command x"};
  take_measure(study_, choice);
  EXPECT_EQ(choice.measure, Measure::score);
  remember(false);
  study_.keep_answer("command:1:y:base", {"q1", "good", 0, 0, {}, 1});
  ComparisonChoice other{.judge = "command y"};
  take_measure(study_, other);
  EXPECT_EQ(other.measure, Measure::win_rate) << "whatever was measured last";
}

TEST_F(MeasureMemoryTest, WhatAnotherProgramWroteIsAsGoodAsNothing) {
  for (const char* text : {"", "score", "{}", R"({"measure": "score"})", R"({"measure": 3})"}) {
    study_.remember("select_measure", text);
    ComparisonChoice choice;
    EXPECT_FALSE(take_measure(study_, choice)) << text;
    EXPECT_FALSE(choice.scale);
  }
}

}  // namespace
}  // namespace assay::asking
