#include "assay/store/judgeable.h"

#include <gmock/gmock.h>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JudgeableTest : public StudyTest {
 protected:
  void response(std::string_view query, std::string_view model, int turn = 1) {
    const std::string text = std::string(model) + " on " + std::string(query) + " turn " + std::to_string(turn);
    import_->add(ResponseRecord{query, model, turn, text}, where_, OnConflict::fail);
  }
  void prompt(std::string_view query, int turn = 1) {
    const std::string text = std::string(query) + " asks " + std::to_string(turn);
    import_->add(QueryRecord{query, turn, text, ""}, where_, OnConflict::fail);
  }
  /// Commits on the first call.
  const Study& study() {
    if (import_) import_->commit();
    import_.reset();
    return study_;
  }
  std::string refusal(const ComparisonChoice& choice) {
    return error_of<InvalidArgument>([&] { study().judgeable(choice); });
  }

  const Location where_{"f", 1};
  Study study_{path(), Study::Mode::create};
  std::unique_ptr<Study::Import> import_ = study_.begin_import();
};

TEST_F(JudgeableTest, OnlyQueriesThatCountAreAsked) {
  for (const char* query : {"q1", "q2", "q3"}) {
    for (const char* model : {"base", "a"}) response(query, model);
    const std::vector<QueryWeight> weights{{"traffic", query[1] == '3' ? 0.0 : query[1] - '0'}};
    import_->add(QueryRecord{query, 1, "ask", query[1] == '1' ? "x" : "y", 0, weights}, where_, OnConflict::fail);
  }
  const Comparison weighed = study().judgeable({.baseline = "base", .averaging = {.weights = "traffic"}});
  EXPECT_THAT(weighed.queries, ElementsAre("q1", "q2"));
  EXPECT_THAT(weighed.weights, ElementsAre(testing::DoubleEq(2.0 / 3), testing::DoubleEq(4.0 / 3)));
  EXPECT_THAT(weighed.notes, ElementsAre("left out, of weight 0: 1 query"));
  EXPECT_THAT(study().judgeable({.baseline = "base", .averaging = {.tasks = {"y"}}}).queries,
              ElementsAre("q2", "q3"));
}

TEST_F(JudgeableTest, ScoresNeedNoBaseline) {
  for (int q = 1; q <= 10; ++q) {
    const std::string query = "q" + std::to_string(q);
    response(query, "a");
    if (q <= 9) response(query, "b");
    if (q <= 8) response(query, "thin");
  }
  const ComparisonChoice scores{.measure = Measure::score, .scale = Scale{1, 10}, .lower_is_better = true};
  const Comparison comparison = study().judgeable(scores);
  EXPECT_TRUE(comparison.baseline.empty());
  EXPECT_EQ(comparison.queries.size(), 10U);
  EXPECT_THAT(comparison.models, ElementsAre("a", "b"));
  EXPECT_EQ(comparison.measure, Measure::score);
  EXPECT_EQ(comparison.scale.high, 10);
  EXPECT_TRUE(comparison.lower_is_better);
  EXPECT_EQ(comparison.step, 0) << "any score is possible";
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("fewer than 90 % of the queries: \"thin\""),
                                            HasSubstr("1 of 20 responses are missing; such a pair gets no score")));
  ComparisonChoice named = scores;
  named.models = {"thin"};
  EXPECT_THAT(study().judgeable(named).models, ElementsAre("thin"));
  named.baseline = "a";
  EXPECT_THAT(refusal(named), HasSubstr("measure score needs no baseline"));
}

TEST_F(JudgeableTest, NeedsResponsesAlone) {
  for (const char* query : {"q2", "q1"}) {
    for (const char* model : {"z", "base", "a"}) response(query, model);
  }
  response("q3", "a");  // the baseline has none
  const Comparison comparison = study().judgeable({.baseline = "base"});
  EXPECT_THAT(comparison.queries, ElementsAre("q1", "q2"));
  EXPECT_THAT(comparison.models, ElementsAre("a", "z"));
  EXPECT_EQ(comparison.baseline, "base");
  EXPECT_EQ(comparison.judge, "");
  EXPECT_THAT(comparison.notes, IsEmpty());
  EXPECT_EQ(comparison.rewards, RewardTable(2, 2));
}

TEST_F(JudgeableTest, LeavesOutThinModelsAndTellsOfGaps) {
  for (int q = 0; q < 10; ++q) {
    const std::string query = "q" + std::to_string(q);
    response(query, "base");
    response(query, "full");
    if (q > 0) response(query, "gap");
    if (q > 1) response(query, "thin");
  }
  const Comparison comparison = study().judgeable({.baseline = "base"});
  EXPECT_THAT(comparison.models, ElementsAre("full", "gap"));
  EXPECT_THAT(comparison.notes, ElementsAre(HasSubstr("fewer than 90 % of the baseline's queries: \"thin\""),
                                            "1 of 20 responses are missing; such a pair gets no verdict"));
  const Comparison named = study().judgeable({.baseline = "base", .models = {"thin", "thin"}});
  EXPECT_THAT(named.models, ElementsAre("thin"));
  EXPECT_EQ(named.queries.size(), 8U);
}

TEST_F(JudgeableTest, TakesTheDeclaredBaseline) {
  for (const char* model : {"base", "a"}) response("q", model);
  import_->baseline("base", where_);
  EXPECT_EQ(study().judgeable({}).baseline, "base");
  EXPECT_EQ(study().judgeable({.baseline = "a"}).models[0], "base");
}

TEST_F(JudgeableTest, SaysWhatIsExpected) {
  for (const char* model : {"base", "a", "b"}) response("q", model);
  response("other", "far");
  EXPECT_EQ(refusal({}),
            "name the baseline that responses are compared with, one of: \"a\", \"b\", \"base\", \"far\"");
  EXPECT_EQ(refusal({.baseline = "x"}),
            "expected a model with responses as baseline (\"a\", \"b\", \"base\", \"far\"), came \"x\"");
  EXPECT_THAT(refusal({.baseline = "a", .models = {"x"}}), HasSubstr("as candidate"));
  EXPECT_EQ(refusal({.baseline = "a", .models = {"a"}}), "model \"a\" can't be compared: it is the baseline");
  EXPECT_EQ(refusal({.baseline = "a", .models = {"far"}}),
            "model \"far\" can't be compared: it answered no query that \"a\" did");
  EXPECT_THAT(refusal({.baseline = "far"}), HasSubstr("no model answered 90 % of the 1 queries"));
}

TEST_F(JudgeableTest, AStudyWithoutResponsesHasNothingToRead) {
  prompt("q");
  EXPECT_EQ(refusal({.baseline = "a"}), "the study has no responses, which a live judge reads");
  EXPECT_EQ(error_of<InvalidArgument>([&] { study().scorable(); }),
            "the study has no responses, which a live judge reads");
}

TEST_F(JudgeableTest, EveryResponseCanBeScored) {
  response("q2", "a");
  response("q1", "b", 2);
  response("q1", "b", 1);
  prompt("q1", 1);
  prompt("q1", 2);
  const Scoring scoring = study().scorable();
  ASSERT_EQ(scoring.arms.size(), 3U);
  EXPECT_EQ(scoring.scores.arms(), 3U);
  EXPECT_TRUE(scoring.scores.scores(arm_id(0)).empty());
  EXPECT_EQ(scoring.arms[1].query, "q1");
  EXPECT_EQ(scoring.arms[1].turn, 2);
  const std::vector<ScoredText> texts = study().texts(scoring);
  EXPECT_EQ(texts[0].prompt, "q1 asks 1");
  EXPECT_EQ(texts[0].response, "b on q1 turn 1");
  EXPECT_EQ(texts[1].prompt, "q1 asks 1\n\nb on q1 turn 1\n\nq1 asks 2");
  EXPECT_EQ(texts[1].response, "b on q1 turn 2");
  EXPECT_EQ(texts[2].prompt, "");
  EXPECT_FALSE(texts[2].missing);
}

}  // namespace
}  // namespace assay::store
