#include "assay/store/scoring.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kFailedScore = std::numeric_limits<double>::quiet_NaN();

class ScoringTest : public StudyTest {
 protected:
  void add(const std::string& judge, const std::string& query, const std::string& model,
           const std::vector<double>& scores, int turn = 1) {
    Study study(path(), Study::Mode::create);
    const auto import = study.begin_import();
    int repeat = 0;
    for (const double score : scores) {
      import->add(ScoreRecord{query, model, judge, turn, ++repeat, score}, {"f", 1}, OnConflict::fail);
    }
    import->commit();
  }
  Scoring scoring(const ScoringChoice& choice = {}) const {
    return Study(path(), Study::Mode::read).scoring(choice);
  }
  static std::vector<double> of(const Scoring& scoring, std::size_t arm) {
    const std::span<const double> scores = scoring.scores.scores(arm_id(arm));
    return {scores.begin(), scores.end()};
  }
};

TEST_F(ScoringTest, ArmsAreResponsesSortedByName) {
  add("j", "q2", "a", {1, 2});
  add("j", "q1", "b", {3});
  add("j", "q1", "a", {4, 5}, 2);
  add("j", "q1", "a", {6});
  const Scoring all = scoring();
  ASSERT_EQ(all.arms.size(), 4U);
  EXPECT_EQ(all.judge, "j");
  EXPECT_EQ(all.arms[1].turn, 2);
  EXPECT_EQ(all.arms[2].model, "b");
  EXPECT_THAT(of(all, 0), ElementsAre(6));
  EXPECT_THAT(of(all, 1), ElementsAre(4, 5));
  EXPECT_THAT(of(all, 3), ElementsAre(1, 2));
  EXPECT_THAT(all.reference_means, IsEmpty());
}

TEST_F(ScoringTest, PeopleAreFoundByCriterion) {
  add("g/fluency", "q1", "a", {1});
  add("g/sense", "q1", "a", {2});
  add("human/sense", "q1", "a", {3, 4});
  add("human", "q1", "a", {9});
  EXPECT_EQ(scoring({.judge = "g/sense"}).reference, "human/sense");
  EXPECT_THAT(scoring({.judge = "g/sense"}).reference_means, ElementsAre(3.5));
  EXPECT_EQ(scoring({.judge = "g/fluency"}).reference, "human");
  EXPECT_THAT(scoring({.judge = "g/fluency", .reference = "g/sense"}).reference_means, ElementsAre(2));
  EXPECT_THAT(Study(path(), Study::Mode::read).score_judges(), ElementsAre("g/fluency", "g/sense"));
  EXPECT_THAT(error_of<InvalidArgument>([&] { scoring(); }),
              HasSubstr("several judges, name one by `judge`: \"g/fluency\""));
  EXPECT_THAT(error_of<InvalidArgument>([&] { scoring({.judge = "x"}); }), HasSubstr("came \"x\""));
  EXPECT_THAT(error_of<InvalidArgument>([&] { scoring({.judge = "g/sense", .reference = "x"}); }),
              HasSubstr("came \"x\""));
}

TEST_F(ScoringTest, PeopleWhoSawOnlySomeAreNoted) {
  add("j", "q1", "a", {1});
  add("j", "q2", "a", {2});
  add("human", "q2", "a", {3});
  const Scoring some = scoring();
  EXPECT_TRUE(std::isnan(some.reference_means[0]));
  EXPECT_EQ(some.reference_means[1], 3);
  EXPECT_THAT(some.notes, ElementsAre(HasSubstr("1 of 2 responses have no score of \"human\"")));
}

TEST_F(ScoringTest, AResponseWithoutAScoreIsNamedAndCanBeLeftOut) {
  add("j", "q1", "a", {1, kFailedScore});
  add("j", "q2", "a", {kFailedScore, kFailedScore});
  EXPECT_THAT(error_of<InvalidArgument>([&] { scoring(); }),
              HasSubstr("judge \"j\" gave no score to 1 of 2 responses (query \"q2\", model \"a\"): they can't be "
                        "estimated; `skip_unscored` leaves them out"));
  const Scoring rest = scoring({.skip_unscored = true});
  EXPECT_EQ(rest.arms.size(), 1U);
  EXPECT_THAT(rest.notes, ElementsAre(HasSubstr("left out: judge \"j\" gave no score to 1 of 2")));
}

TEST_F(ScoringTest, AStudyWithoutScoresSaysSo) {
  sample();
  EXPECT_THAT(error_of<InvalidArgument>([&] { scoring(); }), HasSubstr("the study has no scores"));
}

}  // namespace
}  // namespace assay::store
