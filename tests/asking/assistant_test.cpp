#include "assay/asking/assistant.h"

#include <gmock/gmock.h>

#include <cmath>

#include "assay/asking/judge_task.h"
#include "tests/store/study_fixture.h"

namespace assay::asking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Judge "j" compared good and bad with base on q1 .. q3.
class AssistantTest : public StudyTest {
 protected:
  AssistantTest() : study_(sample()), comparison_(study_.comparison({.judge = "j"})) {}

  template <typename Record>
  void add(const Record& record) {
    const auto import = study_.begin_import();
    import->add(record, {"f", 1}, OnConflict::fail);
    import->commit();
  }
  void verdict(const std::string& judge, const std::string& query, const std::string& model, double value,
               const std::string& baseline = "base") {
    add(VerdictRecord{query, model, baseline, judge, 1, value});
  }
  Assistant get(const std::string& name) { return assistant_of(study_, comparison_, {}, name, "j"); }
  std::string refusal(const std::string& name) {
    return error_of<InvalidArgument>([&] { get(name); });
  }

  store::Study study_;
  store::Comparison comparison_;
};

std::vector<double> column(const Assistant& assistant, std::size_t model) {
  std::vector<double> rewards;
  for (std::size_t q = 0; q < assistant.rewards->queries(); ++q) {
    rewards.push_back(assistant.rewards->at(query_id(q), model_id(model)));
  }
  return rewards;
}

TEST_F(AssistantTest, IsMatchedByNamesAndMayLackMost) {
  verdict("cheap", "q2", "good", 0.5);
  verdict("cheap", "q0", "good", 1);  // a query that the judge never saw
  verdict("cheap", "q1", "ugly", 1);  // a model likewise
  const Assistant assistant = get("cheap");
  EXPECT_EQ(assistant.judge, "cheap");
  EXPECT_TRUE(assistant.same_outcomes);
  ASSERT_THAT(comparison_.models, ElementsAre("bad", "good"));
  EXPECT_THAT(column(assistant, 0), ElementsAre(testing::IsNan(), testing::IsNan(), testing::IsNan()));
  EXPECT_THAT(column(assistant, 1), ElementsAre(testing::IsNan(), 0.5, testing::IsNan()));
}

TEST_F(AssistantTest, ScoresAreComparedWithTheBaselinesWhereItHasSome) {
  for (const auto& [model, value] : {std::pair{"good", 7.0}, {"base", 5.0}, {"bad", 6.0}}) {
    add(ScoreRecord{"q1", model, "cheap", 1, 1, value});
  }
  const Assistant assistant = get("cheap");
  EXPECT_TRUE(assistant.same_outcomes);
  EXPECT_EQ(assistant.baseline, "base");
  EXPECT_EQ(column(assistant, 0)[0], 1) << "6 is more than the baseline's 5";
}

TEST_F(AssistantTest, ScoresWithoutTheBaselineStandAlone) {
  for (const auto& [model, value] : {std::pair{"good", 7.0}, {"bad", 2.0}}) {
    add(ScoreRecord{"q1", model, "cheap", 1, 1, value});
  }
  const Assistant assistant = get("cheap");
  EXPECT_FALSE(assistant.same_outcomes);
  EXPECT_EQ(assistant.baseline, "");
  EXPECT_EQ(column(assistant, 0)[0], 0);
  EXPECT_EQ(column(assistant, 1)[0], 1);
}

TEST_F(AssistantTest, AnotherBaselineIsAnotherOutcome) {
  verdict("cheap", "q1", "good", 1, "bad");
  const Assistant assistant = get("cheap");
  EXPECT_EQ(assistant.baseline, "bad");
  EXPECT_FALSE(assistant.same_outcomes);
}

TEST_F(AssistantTest, ALiveJudgesKeptAnswersWillDo) {
  JudgeTask task(study_.judgeable({}));
  task.load_texts(study_);
  for (std::size_t item = 0; item < task.size(); ++item) {
    if (task.names(item).query != "q3" || task.names(item).model != "bad") continue;
    study_.keep_answer("person:4:anna:base", {"q3", "bad", 0, 0, task.fingerprint(item), 1.0});
  }
  const Assistant assistant = get("anna");
  EXPECT_EQ(assistant.judge, "person anna against base");
  EXPECT_TRUE(assistant.same_outcomes);
  EXPECT_EQ(column(assistant, 0)[2], 1);
  EXPECT_TRUE(std::isnan(column(assistant, 1)[2]));
  EXPECT_THAT(
      error_of<InvalidArgument>([&] { assistant_of(study_, comparison_, {}, "anna", "person:4:anna:base"); }),
      HasSubstr("is the judge itself"));
}

TEST_F(AssistantTest, TheJudgeItselfAndUnknownOnesAreRefusedWithTheOthers) {
  verdict("cheap", "q1", "good", 1);
  verdict("stranger", "q0", "ugly", 1, "nobody");
  EXPECT_THAT(refusal("j"),
              testing::AllOf(HasSubstr("\"j\" is the judge itself"), HasSubstr("\"cheap\", \"stranger\"")));
  EXPECT_THAT(refusal("cheep"),
              testing::AllOf(HasSubstr("`assistant_judge` (\"cheap\", \"stranger\"), came \"cheep\""),
                             Not(HasSubstr("\"j\""))));
  EXPECT_THAT(refusal("stranger"), HasSubstr("says nothing of these queries and models"));
}

TEST_F(AssistantTest, AJudgeAloneHasNoOther) { EXPECT_THAT(refusal("cheap"), HasSubstr("(it has no other)")); }

TEST_F(AssistantTest, TheDigestIsOfTheHintsAlone) {
  for (const char* name : {"one", "two"}) verdict(name, "q1", "good", 1);
  verdict("three", "q1", "good", 0);
  EXPECT_EQ(hints_digest(get("one")), hints_digest(get("two")));
  EXPECT_NE(hints_digest(get("one")), hints_digest(get("three")));
}

// --- what it was worth ---

// A row for each query.
RewardTable rewards(const std::vector<std::vector<double>>& rows) {
  RewardTable table(rows.size(), rows[0].size());
  for (std::size_t q = 0; q < rows.size(); ++q) {
    for (std::size_t j = 0; j < rows[q].size(); ++j) table.set(query_id(q), model_id(j), rows[q][j]);
  }
  return table;
}

Assistant saying(const std::vector<std::vector<double>>& rows, bool same_outcomes) {
  return {"cheap", "base", same_outcomes, std::make_shared<const RewardTable>(rewards(rows))};
}

const std::vector<std::string> kTwoModels = {"a", "b"};
const store::Comparison kCompared = [] {
  store::Comparison comparison;
  comparison.models = kTwoModels;
  return comparison;
}();

TEST(AssistantReport, CountsEqualOutcomesWhereBothJudged) {
  const Assistant assistant = saying({{1, 0}, {0.5, 0}, {0, kNone}, {1, 1}}, true);
  const RewardTable judged = rewards({{1, 1}, {0.5, kNone}, {kNone, 1}, {kNone, 1}});
  const AssistantReport report = assistant_report(assistant, judged, kCompared, "");
  EXPECT_EQ(report.both, 4U);
  EXPECT_EQ(report.agreement, 0.75);
  EXPECT_FALSE(report.correlation);
  EXPECT_LT(report.interval.low, 0.75);
  EXPECT_GT(report.interval.high, 0.75);
  EXPECT_EQ(report.winner, "a") << "0.625 on four queries; b has a third of three";
}

TEST(AssistantReport, AllThatItJudgedHasNoInterval) {
  const Assistant assistant = saying({{1, 0}, {1, 0}}, true);
  const AssistantReport report = assistant_report(assistant, rewards({{1, 1}, {1, 0}}), kCompared, "");
  EXPECT_EQ(report.agreement, 0.75);
  EXPECT_EQ(report.interval.low, report.interval.high);
}

TEST(AssistantReport, WhereOutcomesDifferInKindItIsACorrelation) {
  const Assistant assistant = saying({{0.9, 0.1}, {0.7, 0.3}, {0.6, 0.2}}, false);
  const AssistantReport report = assistant_report(assistant, rewards({{1, 0}, {1, 0}, {0.5, 0}}), kCompared, "");
  EXPECT_FALSE(report.agreement);
  ASSERT_TRUE(report.correlation);
  EXPECT_NEAR(*report.correlation, 0.9503, 1e-3);
  EXPECT_LT(report.interval.low, *report.correlation);
  EXPECT_GT(report.interval.high, *report.correlation);
  EXPECT_FALSE(assistant_report(assistant, rewards({{1, 1}, {1, 1}, {1, 1}}), kCompared, "").correlation)
      << "the judge says the same of all";
}

TEST(AssistantReport, TheBaselineWinsWhereNobodyBeatsIt) {
  const Assistant assistant = saying({{0, 0}, {0.5, 0}, {1, 0}}, true);
  const RewardTable judged(3, 2);
  EXPECT_EQ(assistant_report(assistant, judged, kCompared, "base").winner, "base");
  EXPECT_EQ(assistant_report(assistant, judged, kCompared, "").winner, "a");
  EXPECT_EQ(assistant_report(assistant, judged, kCompared, "another").winner, "a") << "it never saw that one";
  EXPECT_EQ(assistant_report(assistant, judged, kCompared, "").both, 0U);
}

TEST(AssistantReport, AFewLuckyAnswersDoNotWin) {
  const Assistant assistant = saying({{1, kNone}, {0, kNone}, {1, 1}}, true);
  EXPECT_EQ(assistant_report(assistant, RewardTable(3, 2), kCompared, "").winner, "a");
}

}  // namespace
}  // namespace assay::asking
