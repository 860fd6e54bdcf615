#include "assay/asking/judge_memory.h"

#include <gmock/gmock.h>

#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using testing::HasSubstr;

class JudgeMemoryTest : public StudyTest {
 protected:
  JudgeMemoryTest() : study_(sample()) {}

  void answer(const std::string& oracle) { study_.keep_answer(oracle, {"q1", "good", 0, 0, {}, 1.0}); }
  std::string meant(const std::string& wanted, const std::string& last = "") {
    return held_judge(study_, wanted, false, last).name;
  }
  std::string refused(const std::string& wanted, const std::string& last = "") {
    return error_of([&] { meant(wanted, last); });
  }

  store::Study study_;
};

TEST_F(JudgeMemoryTest, TheOnlyOneNeedsNoName) {
  EXPECT_EQ(refused(""), "the study has no verdicts of a live judge");
  answer("person:4:anna:base");
  answer("command-scores:1:x:1,5");
  EXPECT_EQ(meant(""), "person:4:anna:base");
  EXPECT_EQ(refused("", "good"), "the study has no verdicts against good of a live judge");
  EXPECT_EQ(held_judge(study_, "", true, "1,5").name, "command-scores:1:x:1,5");
}

TEST_F(JudgeMemoryTest, ManyAreToldApartByKeyTitleOrPart) {
  answer("person:4:anna:base");
  answer("person:3:ann:base");
  answer("command:1:x:base");
  EXPECT_EQ(meant("person:4:anna:base"), "person:4:anna:base");
  EXPECT_EQ(meant("person ann against base"), "person:3:ann:base");
  EXPECT_EQ(meant("anna"), "person:4:anna:base");
  EXPECT_EQ(meant("command"), "command:1:x:base");
  EXPECT_THAT(refused("ann"), HasSubstr("expected a live judge of the study (\"command x against base\", "));
  EXPECT_THAT(refused("bob"), HasSubstr("came \"bob\""));
  EXPECT_THAT(refused(""), HasSubstr("of several live judges, name one by `judge`"));
}

// How an LLM is asked comes back as it was.
TEST_F(JudgeMemoryTest, AnLlmIsRememberedAndItsKeyIsNot) {
  LlmOptions llm{.url = "http://judge/v1", .model = "m", .key = "secret-4711"};
  llm.prompt = "Which?\n{{response_a}} {{response_b}}";
  llm.order = PairOrder::random;
  llm.repeats = 3;
  llm.repeat_by = "assay";
  llm.reply = judge::ReplyChoice::line;
  llm.max_tokens = 100;
  llm.temperature.emplace();
  llm.completion_tokens = true;
  remember_judge(study_, {"llm:1:m:base", llm, 7, 16});
  EXPECT_EQ(refused(""), "the study has no verdicts of a live judge") << "it never answered";
  PaidCall call;
  call.failure = 1;
  study_.paid_calls().keep({llm.url, llm.model, "request"}, call);
  EXPECT_EQ(refused(""), "the study has no verdicts of a live judge");
  call.failure = 0;
  study_.paid_calls().keep({llm.url, llm.model, "request"}, call);
  const HeldJudge held = held_judge(study_, "", false, "base");
  EXPECT_EQ(held.name, "llm:1:m:base");
  EXPECT_EQ(held.seed, 7U);
  EXPECT_EQ(held.batch, 16U);
  ASSERT_TRUE(held.llm);
  EXPECT_EQ(held.llm->url, llm.url);
  EXPECT_EQ(held.llm->model, llm.model);
  EXPECT_EQ(held.llm->prompt, llm.prompt);
  EXPECT_EQ(held.llm->order, llm.order);
  EXPECT_EQ(held.llm->repeats, llm.repeats);
  EXPECT_EQ(held.llm->repeat_by, llm.repeat_by);
  EXPECT_EQ(held.llm->reply, llm.reply);
  EXPECT_EQ(held.llm->max_tokens, llm.max_tokens);
  ASSERT_TRUE(held.llm->temperature);
  EXPECT_FALSE(*held.llm->temperature);
  EXPECT_EQ(held.llm->completion_tokens, true);
  EXPECT_EQ(held.llm->key, "");
  for (const std::string& name : study_.remembered_names("")) {
    EXPECT_EQ(study_.remembered(name)->find("4711"), std::string::npos);
  }
}

TEST_F(JudgeMemoryTest, WhatCannotBeReadIsAsGoodAsNothing) {
  study_.remember("judge:llm:1:m:base", "{\"url\": 3}");
  EXPECT_TRUE(held_judges(study_, false).empty());
}

}  // namespace
}  // namespace assay::asking
