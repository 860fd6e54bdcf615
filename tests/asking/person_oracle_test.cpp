#include "assay/asking/person_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tests/asking/sample_task.h"
#include "tests/judge/scripted_person.h"

namespace assay::asking {
namespace {

constexpr std::size_t kJudged = 200;

const JudgeTask& task() {
  static const JudgeTask made = [] {
    JudgeTask task = pair_task(kJudged, {"secret-model"}, "secret-base");
    std::vector<std::string> prompts;
    ResponseTable responses(kJudged, 1);
    for (std::size_t q = 0; q < kJudged; ++q) {
      prompts.push_back("prompt " + std::to_string(q));
      responses.set(query_id(q), model_id(0), "of model");
      responses.set_baseline(query_id(q), "of base");
    }
    task.set_texts(std::move(prompts), std::move(responses));
    return task;
  }();
  return made;
}

TEST(PersonOracle, TheOrderIsDrawnAndTurnedBack) {
  ScriptedPerson person(std::string(kJudged, '='));
  PersonOracle oracle("", task(), 1, person);
  std::size_t wins = 0;
  oracle.ask(all_asks(task()), [&](const Answer& answer) {
    wins += answer.value == 1 ? 1 : 0;  // "of model" is the longer one, wherever it stands
  });
  EXPECT_EQ(wins, kJudged);
  std::size_t first = 0;
  for (const auto& shown : person.shown) {
    first += shown.first == "of model" ? 1 : 0;
    EXPECT_EQ((shown.prompt + shown.first + shown.second).find("secret"), std::string::npos);
  }
  EXPECT_GT(first, 70U);  // four standard deviations
  EXPECT_LT(first, 130U);
}

TEST(PersonOracle, TheOrderHangsOnSeedAndNamesAlone) {
  const auto firsts = [](std::uint64_t seed, bool backwards) {
    ScriptedPerson person(std::string(kJudged, '0'));
    PersonOracle oracle("", task(), seed, person);
    std::vector<Ask> order = all_asks(task());
    if (backwards) std::reverse(order.begin(), order.end());
    oracle.ask(order, [](const Answer& answer) { EXPECT_EQ(answer.value, 0.5); });
    std::map<std::string, std::string> result;
    for (const auto& shown : person.shown) result[shown.prompt] = shown.first;
    return result;
  };
  EXPECT_EQ(firsts(1, false), firsts(1, true));
  EXPECT_NE(firsts(1, false), firsts(2, false));
}

TEST(PersonOracle, OneAnswerCanBeTakenBack) {
  ScriptedPerson person("1u10q");
  PersonOracle oracle("", task(), 1, person);
  const auto ask = [&](std::uint32_t q) {
    const Ask one{q};
    return oracle.ask({&one, 1}, [](const Answer&) {}).kind;
  };
  EXPECT_EQ(ask(0), AskEnd::Kind::all);
  EXPECT_EQ(ask(1), AskEnd::Kind::taken_back);
  EXPECT_EQ(ask(0), AskEnd::Kind::all);
  EXPECT_EQ(ask(1), AskEnd::Kind::all);
  EXPECT_EQ(ask(2), AskEnd::Kind::left);
  std::vector<std::pair<std::size_t, bool>> asked;
  for (const auto& shown : person.shown) asked.emplace_back(shown.number, shown.can_undo);
  EXPECT_THAT(asked, testing::ElementsAre(std::pair(1, false), std::pair(2, true), std::pair(1, false),
                                          std::pair(2, true), std::pair(3, true)));
}

TEST(PersonOracle, PersonsAreToldApart) {
  ScriptedPerson person("");
  EXPECT_EQ(PersonOracle("", task(), 1, person).name(), "person:0::secret-base");
  EXPECT_EQ(PersonOracle("anna", task(), 2, person).name(), "person:4:anna:secret-base");
}

}  // namespace
}  // namespace assay::asking
