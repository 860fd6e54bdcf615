#include "assay/store/comparison.h"

#include <gmock/gmock.h>

#include <limits>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

class ComparisonTest : public StudyTest {
 protected:
  void verdict(std::string_view query, std::string_view model, double value, int turn = 1,
               std::string_view opponent = "base", std::string_view judge = "j") {
    import_->add(VerdictRecord{query, model, opponent, judge, turn, value}, where_, OnConflict::fail);
  }
  void score(std::string_view query, std::string_view model, double value, int turn = 1, int repeat = 1,
             std::string_view judge = "s") {
    import_->add(ScoreRecord{query, model, judge, turn, repeat, value}, where_, OnConflict::fail);
  }
  void response(std::string_view query, std::string_view model) {
    import_->add(ResponseRecord{query, model, 1, "text"}, where_, OnConflict::fail);
  }
  /// Commits on the first call.
  Comparison compare(const ComparisonChoice& choice = {}) {
    if (import_) import_->commit();
    import_.reset();
    return study_.comparison(choice);
  }
  std::string refusal(const ComparisonChoice& choice) {
    return error_of<InvalidArgument>([&] { compare(choice); });
  }
  static Outcome at(const Comparison& comparison, std::size_t query, std::size_t model) {
    return comparison.rewards.outcome(query_id(query), model_id(model));
  }

  const Location where_{"f", 1};
  Study study_{path(), Study::Mode::create};
  std::unique_ptr<Study::Import> import_ = study_.begin_import();
};

TEST_F(ComparisonTest, JoinsVerdictsSortedByName) {
  verdict("q10", "z", 1.0);
  verdict("q10", "a", 0.2);
  verdict("q2", "z", 0.5);
  verdict("q2", "a", kNone);
  verdict("q1", "z", 0.500001);
  const Comparison comparison = compare({.models = {"a", "z"}});
  EXPECT_EQ(comparison.judge, "j");
  EXPECT_EQ(comparison.baseline, "base");
  EXPECT_THAT(comparison.queries, ElementsAre("q1", "q10", "q2"));
  EXPECT_THAT(comparison.models, ElementsAre("a", "z"));
  EXPECT_EQ(at(comparison, 0, 0), Outcome::none);
  EXPECT_EQ(at(comparison, 0, 1), Outcome::win);
  EXPECT_EQ(at(comparison, 1, 0), Outcome::loss);
  EXPECT_EQ(at(comparison, 1, 1), Outcome::win);
  EXPECT_EQ(at(comparison, 2, 0), Outcome::none);
  EXPECT_EQ(at(comparison, 2, 1), Outcome::draw);
  EXPECT_THAT(comparison.notes, ElementsAre("2 of 6 outcomes are not known"));
}

TEST_F(ComparisonTest, OrderOfImportMakesNoDifference) {
  const ComparisonChoice both{.models = {"x", "y"}};
  verdict("b", "y", 1.0);
  verdict("a", "x", 0.0);
  const Comparison first = compare(both);
  Study other(path("other.assay"), Study::Mode::create);
  const auto import = other.begin_import();
  import->add(VerdictRecord{"a", "x", "base", "j", 1, 0.0}, where_, OnConflict::fail);
  import->add(VerdictRecord{"b", "y", "base", "j", 1, 1.0}, where_, OnConflict::fail);
  import->commit();
  const Comparison second = other.comparison(both);
  EXPECT_EQ(first.queries, second.queries);
  EXPECT_EQ(first.models, second.models);
  EXPECT_EQ(first.rewards, second.rewards);
}

TEST_F(ComparisonTest, TurnsOfVerdictsAddUp) {
  const auto both = [&](std::string_view model, double one, double two) {
    verdict("q", model, one, 1);
    verdict("q", model, two, 2);
  };
  both("a-win", 0.5, 1.0);
  both("b-draw", 0.7, 0.3);  // Does not add up to 1 in floating point.
  both("c-loss", 0.6, 0.0);
  both("d-failed", 1.0, kNone);
  verdict("q", "e-missing", 1.0, 1);
  both("d-failed2", 1.0, kNone);
  verdict("r", "d-failed", 1.0);  // So that they can be candidates.
  verdict("r", "e-missing", 1.0);
  const Comparison comparison = compare({.models = {"a-win", "b-draw", "c-loss", "d-failed", "e-missing"}});
  ASSERT_THAT(comparison.models, ElementsAre("a-win", "b-draw", "c-loss", "d-failed", "e-missing"));
  EXPECT_EQ(at(comparison, 0, 0), Outcome::win);
  EXPECT_EQ(at(comparison, 0, 1), Outcome::draw);
  EXPECT_EQ(at(comparison, 0, 2), Outcome::loss);
  EXPECT_EQ(at(comparison, 0, 3), Outcome::none);
  EXPECT_EQ(at(comparison, 0, 4), Outcome::none);
  const ComparisonChoice failed{.models = {"d-failed2"}};
  EXPECT_EQ(refusal(failed), "model \"d-failed2\" can't be compared: every judgement failed");
}

TEST_F(ComparisonTest, ReverseVerdictStandsForAMissingOne) {
  verdict("q", "a", 1.0);
  verdict("q", "base", 0.0, 1, "b");  // b is better.
  verdict("q", "base", 1.0, 1, "a");  // Contradicts the first, which was asked directly.
  const Comparison comparison = compare({.baseline = "base"});
  ASSERT_THAT(comparison.models, ElementsAre("a", "b"));
  EXPECT_EQ(at(comparison, 0, 0), Outcome::win);
  EXPECT_EQ(at(comparison, 0, 1), Outcome::win);
}

TEST_F(ComparisonTest, ScoresAreComparedWithTheBaselines) {
  for (const int turn : {1, 2}) {
    score("q1", "base", turn == 1 ? 7 : 8, turn);
    score("q1", "a", turn == 1 ? 8 : 7, turn);  // Draw.
    score("q1", "b", turn == 1 ? 10 : 6, turn);
    score("q1", "c", turn == 1 ? 1 : 10, turn);
    score("q1", "d", turn == 1 ? 10 : kNone, turn);
  }
  score("q1", "e", 10, 1);  // Turn 2 is missing.
  score("q2", "base", kNone);
  for (const char* model : {"a", "b", "c"}) score("q2", model, 5);
  score("q3", "base", 5);
  for (const char* model : {"d", "e"}) score("q3", model, 4);
  score("q4", "a", 5);  // The baseline has none.
  const Comparison comparison = compare({.baseline = "base", .models = {"a", "b", "c", "d", "e"}});
  ASSERT_THAT(comparison.models, ElementsAre("a", "b", "c", "d", "e"));
  ASSERT_THAT(comparison.queries, ElementsAre("q1", "q2", "q3"));
  EXPECT_THAT(comparison.notes, Contains("left out, the baseline has no score: 1 query"));
  const Outcome expected[] = {Outcome::draw, Outcome::win, Outcome::loss, Outcome::none, Outcome::none};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(at(comparison, 0, i), expected[i]) << comparison.models[i];
    EXPECT_EQ(at(comparison, 1, i), Outcome::none);
    EXPECT_EQ(at(comparison, 2, i), i < 3 ? Outcome::none : Outcome::loss);
  }
}

TEST_F(ComparisonTest, RepeatsOfATurnCountAsTheirMean) {
  score("q", "base", 5);
  for (int repeat = 1; repeat <= 3; ++repeat) score("q", "a", repeat == 1 ? 9 : 2, 1, repeat);  // 13/3 < 5
  score("q", "b", 6, 1, 1);
  score("q", "b", kNone, 1, 2);  // A repeat failed, the turn did not.
  const Comparison comparison = compare({.baseline = "base"});
  EXPECT_EQ(at(comparison, 0, 0), Outcome::loss);
  EXPECT_EQ(at(comparison, 0, 1), Outcome::win);
}

TEST_F(ComparisonTest, VerdictsWinOverScoresOfTheSameJudge) {
  verdict("q", "a", 1.0);
  score("q", "a", 1, 1, 1, "j");
  score("q", "base", 9, 1, 1, "j");
  EXPECT_EQ(at(compare(), 0, 0), Outcome::win);
}

TEST_F(ComparisonTest, LeavesOutModelsAndSaysWhy) {
  verdict("q", "a", 1.0);
  verdict("q", "base", 0.5);
  verdict("q", "silent", 1.0);
  response("q", "a");
  response("q", "base");
  response("q", "unjudged");
  const Comparison comparison = compare();
  EXPECT_THAT(comparison.models, ElementsAre("a"));
  EXPECT_THAT(comparison.notes,
              ElementsAre("left out, no judgement: \"unjudged\"", "left out, no responses: \"silent\""));
  EXPECT_THAT(compare({.without_responses = true}).models, ElementsAre("a", "silent"));
}

TEST_F(ComparisonTest, ModelsWithFewJudgementsAreLeftOutUnlessNamed) {
  for (int i = 10; i < 20; ++i) {
    const std::string query = std::to_string(i);
    verdict(query, "all", i == 10 ? 1.0 : kNone);  // A failed call is a record too.
    if (i != 15) verdict(query, "nine", 0.0);
    if (i > 11) verdict(query, "eight", 1.0);
    if (i == 12) verdict(query, "one", 1.0);
  }
  const Comparison comparison = compare();
  EXPECT_THAT(comparison.models, ElementsAre("all", "nine"));
  EXPECT_THAT(comparison.notes,
              Contains("2 of 4 models left out, judged on fewer than 90 % of the queries: \"eight\", \"one\"; "
                       "name those to be compared by `models`"));
  EXPECT_THAT(compare({.models = {"one", "nine"}}).models, ElementsAre("nine", "one"));
}

TEST_F(ComparisonTest, NoModelWithEnoughJudgements) {
  verdict("q1", "a", 1.0);
  verdict("q2", "b", 1.0);
  EXPECT_EQ(refusal({}),
            "every model was judged on fewer than 90 % of the 2 queries (\"a\", \"b\"); "
            "name those to be compared by `models`");
}

TEST_F(ComparisonTest, ScoreCountsAsJudgedIfAllTurnsHaveOne) {
  for (const int turn : {1, 2}) {
    for (const char* model : {"base", "a", "failed"})
      score("q", model, model[0] == 'f' && turn == 2 ? kNone : 5, turn);
  }
  for (const char* model : {"base", "a", "failed", "half"}) score("r", model, 5);
  score("q", "half", 5, 1);
  const Comparison comparison = compare({.baseline = "base"});
  EXPECT_THAT(comparison.models, ElementsAre("a", "failed"));
  EXPECT_THAT(comparison.notes, Contains(HasSubstr("1 of 3 models left out")));
}

TEST_F(ComparisonTest, ChosenModelsOnly) {
  verdict("q1", "a", 1.0);
  verdict("q2", "b", 1.0);
  verdict("q3", "c", 1.0);
  response("q1", "a");
  response("q2", "b");
  const Comparison comparison = compare({.models = {"b", "a", "b"}});
  EXPECT_THAT(comparison.models, ElementsAre("a", "b"));
  EXPECT_THAT(comparison.queries, ElementsAre("q1", "q2"));
  const auto only = [](const char* model) { return ComparisonChoice{.models = {model}}; };
  EXPECT_EQ(refusal(only("base")), "model \"base\" can't be compared: it is the baseline");
  EXPECT_EQ(refusal(only("c")), "model \"c\" can't be compared: no responses");
  EXPECT_EQ(refusal(only("x\x1b")),
            "expected models of the study (\"a\", \"b\", \"base\", \"c\"), came \"x\\x1b\"");
}

TEST_F(ComparisonTest, UnknownNamesAreAnsweredWithAList) {
  verdict("q", "a", 1.0);
  verdict("q", "a", 1.0, 1, "base2");
  verdict("q", "a", 1.0, 1, "base", "k");
  EXPECT_EQ(refusal({}), "the study has several judges, name one by `judge`: \"j\", \"k\"");
  EXPECT_EQ(refusal({.judge = "x"}), "expected a judge of the study (\"j\", \"k\"), came \"x\"");
  EXPECT_EQ(refusal({.judge = "j"}),
            "judge \"j\" compared with several baselines, name one of: \"base\", \"base2\"");
  EXPECT_EQ(refusal({.judge = "k", .baseline = "base2"}),
            "judge \"k\" says nothing about \"base2\" as baseline, name one of: \"base\"");
  EXPECT_EQ(refusal({.judge = "k", .baseline = "y"}),
            "expected a model of the study as baseline (\"a\", \"base\", \"base2\"), came \"y\"");
  EXPECT_EQ(compare({.judge = "k"}).baseline, "base");
}

TEST_F(ComparisonTest, DeclaredBaselineDecidesBetweenSeveral) {
  verdict("q", "a", 1.0);
  verdict("q", "a", 0.0, 1, "base2");
  import_->baseline("base2", where_);
  EXPECT_EQ(compare().baseline, "base2");
}

TEST_F(ComparisonTest, WinRatesOfScoresNeedABaseline) {
  for (int i = 10; i < 25; ++i) score("q", "m" + std::to_string(i), i);
  EXPECT_EQ(compare().models.size(), 15U) << "scores need none";
  const std::string message = refusal({.measure = Measure::win_rate});
  EXPECT_THAT(message, HasSubstr("judge \"s\" gave scores, not comparisons: name the baseline, one of: \"m10\", "));
  EXPECT_THAT(message, HasSubstr("\"m19\" and 5 more"));
  EXPECT_EQ(compare({.baseline = "m12"}).models.size(), 14U);
}

TEST_F(ComparisonTest, ScoresWhoseRangeIsNoNumberAreRefused) {
  score("q1", "a", 1e308);
  score("q1", "b", -1e308);
  score("q2", "a", 1);
  score("q2", "b", 1);
  EXPECT_THAT(refusal({}), HasSubstr("expected scores whose range is a number, came -1e+308 to 1e+308"));
}

TEST_F(ComparisonTest, StudyWithoutJudgements) {
  response("q", "a");
  EXPECT_EQ(refusal({}), "the study has no judgement to compare models by; a live judge gives some, see `oracle`");
}

}  // namespace
}  // namespace assay::store
