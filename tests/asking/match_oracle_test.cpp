#include "assay/asking/match_oracle.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "assay/core/error.h"
#include "tests/asking/sample_task.h"
#include "tests/data/sample_folder.h"

namespace assay::asking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Two models on four queries: a number, a letter, a text, and no reference.
JudgeTask match_task(std::vector<std::string> references) {
  store::Comparison comparison;
  comparison.queries = {"q0", "q1", "q2", "q3"};
  comparison.models = {"a", "b"};
  comparison.measure = store::Measure::accuracy;
  comparison.rewards = RewardTable(4, 2);
  JudgeTask task(std::move(comparison));
  ResponseTable responses(4, 2);
  const char* texts[4][2] = {{"It is 42.", "41"}, {"(B)", "The answer is C"}, {"Paris.", ""}, {"x", "y"}};
  for (std::size_t q = 0; q < 4; ++q) {
    for (std::size_t m = 0; m < 2; ++m) {
      if (*texts[q][m] != '\0') responses.set(query_id(q), model_id(m), texts[q][m]);
    }
  }
  task.set_texts(std::vector<std::string>(4), std::move(responses));
  task.set_references(std::move(references));
  return task;
}

std::vector<double> match_values(MatchOracle& oracle, const JudgeTask& task) {
  std::map<std::uint32_t, double> found;
  oracle.ask(all_asks(task), [&](const Answer& answer) { found[answer.ask.item] = answer.value; });
  std::vector<double> all;
  for (const auto& [item, value] : found) all.push_back(std::isnan(value) ? -1 : value);
  return all;
}

TEST(MatchOracle, ComparesByWhatEachReferenceLooksLike) {
  const JudgeTask task = match_task({"42", "B", "paris", ""});
  MatchOracle oracle("", task);
  EXPECT_EQ(oracle.name(), "match");
  EXPECT_THAT(match_values(oracle, task), ElementsAre(1, 0, 1, 0, 1, -1, -1, -1))
      << "no response, no reference: no verdict";
  EXPECT_THAT(
      oracle.notes(),
      ElementsAre("queries whose responses were compared with a reference answer: 1 by exact, 1 by number, 1 by "
                  "choice",
                  HasSubstr("1 of 4 reference answers are not of that kind")));
  EXPECT_FALSE(oracle.fingerprint(0)) << "nothing is kept";
}

TEST(MatchOracle, ComparesByOneKind) {
  const JudgeTask task = match_task({"42", "B", "paris", "y"});
  MatchOracle oracle("number", task);
  EXPECT_EQ(oracle.name(), "match:number");
  EXPECT_THAT(match_values(oracle, task), ElementsAre(1, 0, -1, -1, -1, -1, -1, -1));
}

TEST(MatchOracle, SaysThatNothingWasRight) {
  const JudgeTask task = match_task({"7", "D", "rome", ""});
  MatchOracle oracle("", task);
  EXPECT_THAT(oracle.notes(), testing::Not(testing::Contains(HasSubstr("is right")))) << "nothing is compared yet";
  match_values(oracle, task);
  EXPECT_THAT(oracle.notes(), testing::Contains(HasSubstr("none of 5 answers compared is right")));
}

TEST(MatchOracle, SaysWhatItCanNotDo) {
  const JudgeTask task = match_task({"x", "y", "z", ""});
  EXPECT_THAT(error_of([&] { MatchOracle("fuzzy", task); }),
              HasSubstr("with one of exact, number, choice, contains, json, came \"fuzzy\""));
  EXPECT_THAT(error_of([&] { MatchOracle("number", task); }),
              HasSubstr("no reference answer can be compared with as match:number: the first is \"x\""));
}

}  // namespace
}  // namespace assay::asking
