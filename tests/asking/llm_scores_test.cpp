#include "assay/asking/llm_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/asking/sample_task.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/memory_ledger.h"

namespace assay::asking {
namespace {

class LlmScoresTest : public testing::Test {
 protected:
  std::vector<Answer> ask(MemoryHttp& http, const std::vector<Ask>& wanted, const Scale& scale = {1, 5}) {
    const JudgeTask task = score_task({"four", "two", "nine"}, scale);
    LlmOptions options{.url = "http://judge/v1", .model = "m", .client = &http};
    LlmScores oracle(task, std::make_unique<LlmRun>(options, judge::PromptKind::score, ledger, 4,
                                                    std::chrono::seconds(60), nullptr));
    std::vector<Answer> answers;
    oracle.ask(wanted, [&](const Answer& answer) { answers.push_back(answer); });
    failures = oracle.bill()->failures;
    name = oracle.name();
    return answers;
  }

  MemoryLedger ledger;
  std::vector<std::size_t> failures;
  std::string name;
};

double grade(const std::string& answer) { return answer == "four" ? 4 : answer == "two" ? 2 : 9; }

TEST_F(LlmScoresTest, ScoresOnTheScaleAlone) {
  MemoryHttp http(scoring(grade));
  const std::vector<Answer> answers = ask(http, {{0}, {1}, {2}});
  ASSERT_EQ(answers.size(), 3U);
  std::vector<double> values(3);
  for (const Answer& answer : answers) values[answer.ask.item] = answer.value;
  EXPECT_EQ(values[0], 4);
  EXPECT_EQ(values[1], 2);
  EXPECT_TRUE(std::isnan(values[2])) << "9 is not on the scale";
  EXPECT_EQ(failures[static_cast<std::size_t>(judge::CallFailure::unreadable)], 1U);
  EXPECT_EQ(http.bodies.size(), 5U) << "that one was tried three times";
}

TEST_F(LlmScoresTest, EachRepeatIsACallOfItsOwn) {
  int asked = 0;
  MemoryHttp http(scoring([&](const std::string&) { return 1 + asked++ % 5; }));
  ask(http, {{0, 0}, {0, 1}, {0, 2}});
  EXPECT_EQ(http.bodies.size(), 3U);
  const std::vector<Answer> answers = ask(http, {{0, 1}, {0, 3}});
  EXPECT_EQ(http.bodies.size(), 4U);
  for (const Answer& answer : answers) EXPECT_EQ(answer.known, answer.ask.repeat == 1);
}

TEST_F(LlmScoresTest, NameAndNonsense) {
  MemoryHttp http(scoring(grade));
  ask(http, {});
  EXPECT_TRUE(name.starts_with("llm-scores:"));
  EXPECT_TRUE(name.ends_with(":1 to 5")) << name;
  EXPECT_THROW(ask(http, {{3}}), InvalidArgument);
  EXPECT_THROW(ask(http, {}, {5, 5}), InvalidArgument);
}

TEST(LlmScoresKnown, UpToTheFirstScoreThatIsMissing) {
  const JudgeTask task = score_task({"one", "two"}, Scale{1, 5});
  MemoryLedger ledger;
  MemoryHttp http(scoring([](const std::string& text) { return text == "one" ? 2.0 : 4.0; }));
  const LlmOptions options{.url = "http://judge/v1", .model = "m", .client = &http};
  LlmScores oracle(task, std::make_unique<LlmRun>(options, judge::PromptKind::score, ledger, 4,
                                                  std::chrono::seconds(60), nullptr));
  EXPECT_TRUE(oracle.known({1000, 1000}).empty());
  const std::vector<Ask> asks{{0, 0}, {0, 1}, {1, 0}, {1, 2}};
  oracle.ask(asks, [](const Answer&) {});
  std::vector<Ask> known;
  for (const Answer& answer : oracle.known({1000, 1000})) {
    EXPECT_EQ(answer.value, answer.ask.item == 0 ? 2.0 : 4.0);
    known.push_back(answer.ask);
  }
  EXPECT_EQ(known, (std::vector<Ask>{{0, 0}, {0, 1}, {1, 0}}));
  EXPECT_EQ(http.bodies.size(), 4U);
}

}  // namespace
}  // namespace assay::asking
