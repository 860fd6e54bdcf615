#include "assay/asking/person_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tests/judge/scripted_person.h"

namespace assay::asking {
namespace {

constexpr std::size_t kJudged = 200;

ComparedTexts shown_texts() {
  ComparedTexts texts;
  texts.models = {"secret-model"};
  texts.baseline = "secret-base";
  texts.responses = ResponseTable(kJudged, 1);
  for (std::size_t q = 0; q < kJudged; ++q) {
    texts.queries.push_back("q" + std::to_string(q));
    texts.prompts.push_back("prompt " + std::to_string(q));
    texts.responses.set(query_id(q), model_id(0), "of model");
    texts.responses.set_baseline(query_id(q), "of base");
  }
  return texts;
}

std::vector<Call> calls(std::size_t count) {
  std::vector<Call> result;
  for (std::size_t q = 0; q < count; ++q) result.push_back({query_id(q), model_id(0)});
  return result;
}

TEST(PersonOracle, TheOrderIsDrawnAndTurnedBack) {
  ScriptedPerson person(std::string(kJudged, '='));
  PersonOracle oracle("", shown_texts(), 1, person);
  std::size_t wins = 0;
  oracle.ask(calls(kJudged), [&](const Verdict& verdict) {
    wins += verdict.outcome == Outcome::win ? 1 : 0;  // "of model" is the longer one, wherever it stands
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
    PersonOracle oracle("", shown_texts(), seed, person);
    std::vector<Call> order = calls(kJudged);
    if (backwards) std::reverse(order.begin(), order.end());
    oracle.ask(order, [](const Verdict& verdict) { EXPECT_EQ(verdict.outcome, Outcome::draw); });
    std::map<std::string, std::string> result;
    for (const auto& shown : person.shown) result[shown.prompt] = shown.first;
    return result;
  };
  EXPECT_EQ(firsts(1, false), firsts(1, true));
  EXPECT_NE(firsts(1, false), firsts(2, false));
}

TEST(PersonOracle, OneAnswerCanBeTakenBack) {
  ScriptedPerson person("1u10q");
  PersonOracle oracle("", shown_texts(), 1, person);
  const auto ask = [&](std::size_t q) { oracle.ask({{Call{query_id(q), model_id(0)}}}, [](const Verdict&) {}); };
  ask(0);
  EXPECT_THROW(ask(1), AnswerTakenBack);
  ask(0);
  ask(1);
  EXPECT_THROW(ask(2), PersonLeft);
  std::vector<std::pair<std::size_t, bool>> asked;
  for (const auto& shown : person.shown) asked.emplace_back(shown.number, shown.can_undo);
  EXPECT_THAT(asked, testing::ElementsAre(std::pair(1, false), std::pair(2, true), std::pair(1, false),
                                          std::pair(2, true), std::pair(3, true)));
}

TEST(PersonOracle, PersonsAreToldApart) {
  ScriptedPerson person("");
  EXPECT_EQ(PersonOracle("", shown_texts(), 1, person).name(), "person:0::secret-base");
  EXPECT_EQ(PersonOracle("anna", shown_texts(), 2, person).name(), "person:4:anna:secret-base");
}

}  // namespace
}  // namespace assay::asking
