#include "assay/store/removal.h"

#include <gmock/gmock.h>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RemovalTest : public StudyTest {
 protected:
  RemovalTest() {
    Study study = sample();
    const auto import = study.begin_import();
    import->add(ScoreRecord{"q1", "bad", "s", 1, 1, 3}, {"f", 1}, OnConflict::fail);
    import->add(ScoreRecord{"q1", "good", "s", 1, 1, 4}, {"f", 2}, OnConflict::fail);
    import->add(LabelRecord{"q1", "bad", "A"}, {"f", 3}, OnConflict::fail);
    import->add(LabelRecord{"q1", "", "A"}, {"f", 4}, OnConflict::fail);
    import->add(QueryRecord{.query = "q2", .text = {}, .task = {}, .reference = "a long answer"}, {"f", 5},
                OnConflict::fail);
    import->commit();
    study.keep_answer("command:1:j:base", {"q1", "bad", 0, 0, {}, 0.0});
    study.keep_answer("command:1:j:base", {"q1", "good", 0, 0, {}, 1.0});
    study.keep_derived("v2 | similarity | 1", "bytes");
  }
};

TEST_F(RemovalTest, AModelGoesWithAllThatIsAboutIt) {
  Study study(path(), Study::Mode::write);
  const Study::RemovalCounts counts = study.remove({.models = {"bad", "bad"}});
  EXPECT_EQ(counts.responses, 3U);
  EXPECT_EQ(counts.verdicts, 3U);
  EXPECT_EQ(counts.against, 0U);
  EXPECT_EQ(counts.scores, 1U);
  EXPECT_EQ(counts.labels, 1U);
  EXPECT_EQ(counts.kept_answers, 1U);
  EXPECT_TRUE(counts.baselines.empty());
  EXPECT_THAT(study.models(), ElementsAre("base", "good"));
  EXPECT_EQ(study.summary().responses, 6U);
  EXPECT_EQ(study.summary().labels, 1U) << "the true one";
  EXPECT_EQ(study.kept_answers("command:1:j:base").size(), 1U);
  EXPECT_TRUE(study.derived_keys().empty());
  EXPECT_THAT(study.comparison({.judge = "j"}).models, ElementsAre("good"));
  EXPECT_THAT(study.references({"q2"}), ElementsAre("a long answer")) << "which is no model's";
}

TEST_F(RemovalTest, VerdictsAgainstABaselineGoWithIt) {
  Study study(path(), Study::Mode::write);
  const Study::RemovalCounts counts = study.remove({.models = {"base"}});
  EXPECT_EQ(counts.verdicts, 6U);
  EXPECT_EQ(counts.against, 6U);
  EXPECT_THAT(counts.baselines, ElementsAre("base"));
  EXPECT_TRUE(study.summary().baselines.empty());
  EXPECT_THAT(counts.judges, ElementsAre("j")) << "which had only compared with it";
  EXPECT_THAT(study.judges(), ElementsAre("s"));
  ASSERT_EQ(study.summary().judges.size(), 1U);
  EXPECT_EQ(study.summary().judges[0].name, "s");
}

TEST_F(RemovalTest, AJudgeGoesWithWhatItSaid) {
  Study study(path(), Study::Mode::write);
  EXPECT_EQ(study.remove({.judges = {"s"}}).scores, 2U);
  EXPECT_THAT(study.judges(), ElementsAre("j"));
}

TEST_F(RemovalTest, WhatIsRemovedCanBeImportedAgain) {
  {
    Study study(path(), Study::Mode::write);
    study.remove({.models = {"good"}});
    const auto import = study.begin_import();
    feed_sample(*import);
    const Study::ImportCounts counts = import->commit();
    EXPECT_EQ(counts.responses, 3U);
    EXPECT_EQ(counts.verdicts, 3U);
  }
  EXPECT_THAT(Study(path(), Study::Mode::read).models(), ElementsAre("bad", "base", "good"));
}

TEST_F(RemovalTest, AnUnknownNameRemovesNothing) {
  Study study(path(), Study::Mode::write);
  try {
    study.remove({.models = {"good", "godo"}});
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("expected a model of the study (\"bad\", \"base\", \"good\"), came \"godo\""));
  }
  EXPECT_EQ(study.models().size(), 3U);
  EXPECT_THROW(study.remove({.judges = {"nobody"}}), InvalidArgument);
}

TEST_F(RemovalTest, NothingIsRemovedWhileAnswersAreAskedFor) {
  Study other(path(), Study::Mode::write);
  other.begin_answering();
  Study study(path(), Study::Mode::write);
  EXPECT_THROW(study.remove({.models = {"good"}}), Error);
}

}  // namespace
}  // namespace assay::store
