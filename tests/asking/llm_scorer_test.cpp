#include "assay/asking/llm_scorer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/judge/memory_judge.h"
#include "tests/judge/memory_ledger.h"

namespace assay::asking {
namespace {

class LlmScorerTest : public testing::Test {
 protected:
  LlmScorerTest() {
    judge.prompt = judge::PromptTemplate::standard(judge::PromptKind::score);
    rules.url = judge.url;
    rules.model = judge.model;
  }

  std::vector<Score> ask(MemoryHttp& http, const std::vector<ScoreCall>& wanted) {
    judge::Budget budget(std::nullopt, {});
    judge::ChatCalls calls(http, ledger, budget, rules);
    LlmScorer scorer(texts, 1, 5, judge, calls);
    std::vector<Score> scores;
    scorer.ask(wanted, [&](const Score& score) { scores.push_back(score); });
    failures = scorer.failures();
    name = scorer.name();
    return scores;
  }

  std::vector<LlmScorer::Text> texts{{"why?", "four"}, {"how?", "two"}, {"when?", "nine"}};
  judge::LlmJudge judge{"http://judge/v1", "m"};
  judge::CallRules rules;
  MemoryLedger ledger;
  std::vector<std::size_t> failures;
  std::string name;
};

double grade(const std::string& answer) { return answer == "four" ? 4 : answer == "two" ? 2 : 9; }

TEST_F(LlmScorerTest, ScoresOnTheScaleAlone) {
  MemoryHttp http(scoring(grade));
  const std::vector<Score> scores = ask(http, {{arm_id(0), 0}, {arm_id(1), 0}, {arm_id(2), 0}});
  ASSERT_EQ(scores.size(), 3U);
  std::vector<double> values(3);
  for (const Score& score : scores) values[index(score.call.arm)] = score.value;
  EXPECT_EQ(values[0], 4);
  EXPECT_EQ(values[1], 2);
  EXPECT_TRUE(std::isnan(values[2])) << "9 is not on the scale";
  EXPECT_EQ(failures[static_cast<std::size_t>(judge::CallFailure::unreadable)], 1U);
  EXPECT_EQ(http.bodies.size(), 5U) << "that one was tried three times";
}

TEST_F(LlmScorerTest, EachRepeatIsACallOfItsOwn) {
  int asked = 0;
  MemoryHttp http(scoring([&](const std::string&) { return 1 + asked++ % 5; }));
  ask(http, {{arm_id(0), 0}, {arm_id(0), 1}, {arm_id(0), 2}});
  EXPECT_EQ(http.bodies.size(), 3U);
  ask(http, {{arm_id(0), 1}, {arm_id(0), 3}});
  EXPECT_EQ(http.bodies.size(), 4U);
}

TEST_F(LlmScorerTest, NameAndNonsense) {
  MemoryHttp http(scoring(grade));
  ask(http, {});
  EXPECT_TRUE(name.starts_with("llm-scores:"));
  EXPECT_TRUE(name.ends_with(":1 to 5")) << name;
  EXPECT_THROW(ask(http, {{arm_id(3), 0}}), InvalidArgument);
  judge::Budget budget(std::nullopt, {});
  judge::ChatCalls calls(http, ledger, budget, rules);
  EXPECT_THROW(LlmScorer(texts, 5, 5, judge, calls), InvalidArgument);
}

}  // namespace
}  // namespace assay::asking
