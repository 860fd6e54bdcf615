#include <gmock/gmock.h>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

TEST_F(StudyTest, AnswersComeBackInTheOrderOfAsking) {
  const StoredAnswer given[] = {
      {2, 1, Outcome::win}, {0, 0, Outcome::draw}, {2, 0, Outcome::loss}, {1, 1, Outcome::none}};
  {
    Study study = sample();
    const Comparison comparison = study.comparison({});
    for (const StoredAnswer& answer : given) study.keep_answer("recorded:j:base", comparison, answer);
    study.keep_answer("another", comparison, {0, 0, Outcome::win});
    EXPECT_TRUE(std::filesystem::exists(path("x.assay-wal")));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);  // One file again.
  const Study study(path(), Study::Mode::read);
  const Comparison comparison = study.comparison({});
  const std::vector<StoredAnswer> answers = study.answers("recorded:j:base", comparison);
  ASSERT_EQ(answers.size(), std::size(given));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].query, given[i].query);
    EXPECT_EQ(answers[i].model, given[i].model);
    EXPECT_EQ(answers[i].outcome, given[i].outcome);
  }
  EXPECT_TRUE(study.answers("nobody", comparison).empty());
  const StudySummary summary = study.summary();
  ASSERT_EQ(summary.oracles.size(), 2U);
  EXPECT_EQ(summary.oracles[1].name, "recorded:j:base");
  EXPECT_EQ(summary.oracles[1].answers, 3U);
  EXPECT_EQ(summary.oracles[1].failed, 1U);
}

TEST_F(StudyTest, AnswerIsGivenOnceButAFailedCallMayBeRepeated) {
  Study study = sample();
  const Comparison comparison = study.comparison({});
  study.keep_answer("o", comparison, {0, 0, Outcome::none});
  study.keep_answer("o", comparison, {0, 0, Outcome::none});
  study.keep_answer("o", comparison, {0, 0, Outcome::win});
  EXPECT_THAT(error_of([&] {
                study.keep_answer("o", comparison, {0, 0, Outcome::loss});
              }),
              HasSubstr("\"o\" has answered query \"q1\", model \"bad\" already"));
  EXPECT_EQ(study.answers("o", comparison).size(), 3U);
  EXPECT_THROW(study.keep_answer("o", comparison, {3, 0, Outcome::win}), InvalidArgument);
  EXPECT_THROW(study.keep_answer("o", comparison, {0, 2, Outcome::win}), InvalidArgument);
}

TEST_F(StudyTest, AnswersFollowNamesNotPositions) {
  Study study = sample();
  study.keep_answer("o", study.comparison({}), {2, 1, Outcome::win});  // q3, good
  study.keep_answer("o", study.comparison({}), {2, 0, Outcome::loss});
  const auto import = study.begin_import();
  import->add(VerdictRecord{"q0", "good", "base", "j", 1, 1.0}, {"f", 1}, OnConflict::fail);
  import->commit();
  const Comparison comparison = study.comparison({.models = {"good"}});
  const std::vector<StoredAnswer> answers = study.answers("o", comparison);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(comparison.queries[answers[0].query], "q3");
  EXPECT_EQ(comparison.models[answers[0].model], "good");
}

TEST_F(StudyTest, OnlyOneAsksWhileOthersRead) {
  Study study = sample();
  const Comparison comparison = study.comparison({});
  study.keep_answer("o", comparison, {0, 0, Outcome::win});
  {
    Study second(path(), Study::Mode::write);
    EXPECT_EQ(second.answers("o", comparison).size(), 1U);  // To look takes no right.
    EXPECT_THAT(error_of([&] { second.begin_answering(); }), HasSubstr("another process is asking"));
    EXPECT_THAT(error_of([&] {
                  second.keep_answer("o", comparison, {1, 0, Outcome::win});
                }),
                HasSubstr("another process is asking"));
  }
  Study reader(path(), Study::Mode::read);
  EXPECT_EQ(reader.answers("o", comparison).size(), 1U);
  EXPECT_THAT(error_of([&] { reader.begin_answering(); }), HasSubstr("for reading only"));
  study.keep_answer("o", comparison, {1, 0, Outcome::win});
  EXPECT_EQ(reader.answers("o", comparison).size(), 2U);
}

TEST_F(StudyTest, RightToAskIsHeldFromItsBeginToTheEnd) {
  std::optional<Study> study = sample();
  study->begin_answering();
  study->begin_answering();
  Study second(path(), Study::Mode::write);
  EXPECT_THAT(error_of([&] { second.begin_answering(); }), HasSubstr("another process is asking"));
  study.reset();
  EXPECT_NO_THROW(second.begin_answering());
}

TEST_F(StudyTest, ReaderAtTheEndOfAskingDoesNoHarm) {
  std::optional<Study> study = sample();
  const Comparison comparison = study->comparison({});
  study->keep_answer("o", comparison, {0, 0, Outcome::win});
  {
    const Study reader(path(), Study::Mode::read);
    EXPECT_EQ(reader.answers("o", comparison).size(), 1U);
    study.reset();
    EXPECT_EQ(reader.answers("o", comparison).size(), 1U);
  }
  study.emplace(path(), Study::Mode::write);
  study->keep_answer("o", comparison, {1, 0, Outcome::win});
  study.reset();
  EXPECT_EQ(Study(path(), Study::Mode::read).answers("o", comparison).size(), 2U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

}  // namespace
}  // namespace assay::store
