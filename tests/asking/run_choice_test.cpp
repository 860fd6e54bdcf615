#include "assay/asking/run_choice.h"

#include <gtest/gtest.h>

#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

class RunChoiceTest : public StudyTest {};

TEST_F(RunChoiceTest, IsRemembered) {
  store::Study study(path(), store::Study::Mode::create);
  EXPECT_FALSE(last_choice(study));
  RunChoice choice;
  choice.models = {"a", "b, \"c\""};
  choice.baseline = "base";
  choice.averaging = {{"t 1"}, "traffic", store::Average::tasks};
  choice.epsilon = store::Tolerance(0.05, true);
  choice.confidence = 0.9;
  choice.population = true;
  remember_choice(study, choice);
  const std::optional<RunChoice> last = last_choice(study);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->models, choice.models);
  EXPECT_EQ(last->baseline, "base");
  EXPECT_EQ(last->averaging.tasks, choice.averaging.tasks);
  EXPECT_EQ(last->averaging.weights, "traffic");
  EXPECT_EQ(last->averaging.average, store::Average::tasks);
  EXPECT_EQ(last->epsilon->amount, 0.05);
  EXPECT_TRUE(last->epsilon->of_scale);
  EXPECT_EQ(last->confidence, 0.9);
  EXPECT_TRUE(last->population);
  remember_choice(study, {});
  EXPECT_TRUE(last_choice(study)->models.empty());
  EXPECT_FALSE(last_choice(study)->epsilon);
}

TEST_F(RunChoiceTest, WhatAnotherProgramWroteIsNone) {
  store::Study study(path(), store::Study::Mode::create);
  for (const char* text : {"", "{", "[]", R"({"models": 3})", R"({"models": []})"}) {
    study.remember("run_choice", text);
    EXPECT_FALSE(last_choice(study)) << text;
  }
}

}  // namespace
}  // namespace assay::asking
