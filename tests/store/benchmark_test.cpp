#include <gmock/gmock.h>

#include "assay/store/labelling.h"
#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
const Correctness right = Correctness::kRight, wrong = Correctness::kWrong, unknown = Correctness::kUnknown;

using BenchmarkTest = ImportedStudyTest;

TEST_F(BenchmarkTest, LabelsTellWhatIsRight) {
  add(QueryRecord{"1", 1, "text", "maths"});
  add(ModelRecord{"m", 7e9, 200'000});
  for (const char* query : {"1", "2", "3"}) add(LabelRecord{query, "", "A"});
  add(LabelRecord{"1", "m", "A"});
  add(LabelRecord{"2", "m", ""});
  add(LabelRecord{"1", "k", "B"});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.queries.names, ElementsAre("1", "2"));
  EXPECT_THAT(all.queries.tasks, ElementsAre("", "maths"));
  EXPECT_THAT(all.models, ElementsAre("k", "m"));
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, right));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(unknown, wrong));
  EXPECT_THAT(all.table.tasks(), ElementsAre(1, 0));
  EXPECT_EQ(all.facts[1].price, 200'000);
  EXPECT_THAT(all.notes,
              ElementsAre("no prediction of k is one of the true labels A; they predict B",
                          "1 of 3 queries left out: of no model is it known whether its answer is right"));
  EXPECT_THAT(study().prompts(all.queries.names), ElementsAre("text", ""));
}

TEST_F(BenchmarkTest, ScoresTellByTheirMean) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 1.0});
  add(ScoreRecord{"1", "m", "j", 1, 2, 0.0});
  add(ScoreRecord{"1", "m", "j", 1, 3, 1.0});
  add(ScoreRecord{"1", "k", "j", 1, 1, 0.0});
  add(ScoreRecord{"2", "k", "j", 1, 1});
  add(ScoreRecord{"2", "m", "j", 1, 1, 1.0});
  add(ScoreRecord{"2", "m", "j", 1, 2, 0.0});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, Correctness::of(2.0 / 3)));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(unknown, Correctness::of(0.5)));
  EXPECT_THAT(all.notes,
              ElementsAre("the scores of 2 answers of judge \"j\" lie between wrong and right, and count as "
                          "so much of a right answer; `right_from` says from which score on an answer is "
                          "right"));
}

TEST_F(BenchmarkTest, AModelWithoutAScoreIsNoCandidate) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 1.0});
  add(ScoreRecord{"1", "k", "j", 1, 1});
  EXPECT_THAT(study().benchmark({}).models, ElementsAre("m"));
}

TEST_F(BenchmarkTest, ScoresOfAScaleThatWasToldAreSharesOfIt) {
  add(JudgeRecord{"j", true, 1, 5});
  add(ScoreRecord{"1", "m", "j", 1, 1, 1.0});
  add(ScoreRecord{"1", "k", "j", 1, 1, 5.0});
  add(ScoreRecord{"2", "m", "j", 1, 1, 2.0});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, right));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(unknown, Correctness::of(0.75)));
  EXPECT_THAT(all.notes,
              ElementsAre("lower scores of \"j\" are better, as the import told: 1 is right",
                          "scores of judge \"j\" go from 1 to 5, as the import told, and are taken as shares "
                          "of that",
                          testing::HasSubstr("the scores of 1 answer of judge \"j\" lie between wrong and right")));
}

TEST_F(BenchmarkTest, RefusesScoresOfAnotherScaleUnlessToldFromWhereOnTheyAreRight) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 7.0});
  add(ScoreRecord{"1", "k", "j", 1, 1, 3.0});
  add(ScoreRecord{"2", "m", "j", 1, 1, 7.0});
  EXPECT_EQ(
      error_of([&] { study().benchmark({}); }),
      "expected scores from 0 to 1 of judge \"j\", came 3 for model \"k\"; `right_from` says from which score on "
      "an answer is right");
  const Benchmark all = study().benchmark({.right_from = 7});
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(wrong, right));
  EXPECT_EQ(error_of([&] { study().benchmark({.right_from = 8}); }),
            "no answer of any model is right, so that nothing can be learnt");
}

TEST_F(BenchmarkTest, RightFromIsAboutScores) {
  add(ScoreRecord{"1", "m", "j", 1, 1, 0.7});
  add(LabelRecord{"1", "", "A"});
  add(LabelRecord{"1", "m", "A"});
  EXPECT_EQ(error_of([&] { study().benchmark({.right_from = 0.7}); }),
            "`right_from` is about scores, and labels tell what is right");
  EXPECT_EQ(study().benchmark({.judge = "j", .right_from = 0.3}).table.at(query_id(0), model_id(0)), right);
}

TEST_F(BenchmarkTest, RefusesLabelsOfWhichNoneIsRight) {
  for (const char* query : {"1", "2"}) {
    add(LabelRecord{query, "", query});
    add(LabelRecord{query, "m", "A"});
    add(LabelRecord{query, "k", query[0] == '1' ? "B" : ""});
  }
  EXPECT_EQ(
      error_of([&] { study().benchmark({}); }),
      "no answer of any model is right, so that nothing can be learnt: no prediction of k, m is one of the true "
      "labels 1, 2; they predict A, B");
}

TEST_F(BenchmarkTest, LettersInBracketsAreRight) {
  add(LabelRecord{"1", "", "A"});
  add(LabelRecord{"2", "", "B"});
  add(LabelRecord{"1", "m", "(A)"});
  add(LabelRecord{"2", "m", "a"});
  const Benchmark all = study().benchmark({});
  EXPECT_THAT(all.table.row(query_id(0)), ElementsAre(right));
  EXPECT_THAT(all.table.row(query_id(1)), ElementsAre(wrong));
  EXPECT_THAT(all.notes,
              ElementsAre("2 predictions were read as the letters that they hold, such as \"(A)\" as \"A\""));
  EXPECT_EQ(study().comparison({}).rewards.means(), (std::vector<double>{0.5})) << "select reads them likewise";
}

TEST_F(BenchmarkTest, StudyThatTellsNothing) {
  add(QueryRecord{"1", 1, "text", ""});
  EXPECT_EQ(error_of([&] { study().benchmark({}); }),
            "the study tells of no answer whether it is right: it has neither true labels nor scores");
}

}  // namespace
}  // namespace assay::store
