#include <gmock/gmock.h>

#include <cmath>

#include "tests/store/study_fixture.h"

namespace assay::store {
namespace {

using testing::HasSubstr;

KeptAnswer answer(const std::string& query, const std::string& model, double value,
                  std::string_view shown = "text") {
  return {query, model, 0, 0, file::digest(shown), value};
}

TEST_F(StudyTest, AnswersComeBackInTheOrderOfAsking) {
  const KeptAnswer given[] = {answer("q3", "good", 1),
                              answer("q1", "bad", 0.5),
                              {"q3", "bad", 2, 7, {}, 3.25},
                              answer("q2", "good", std::nan(""))};
  {
    Study study = sample();
    for (const KeptAnswer& one : given) study.keep_answer("command:1:j:base", one);
    study.keep_answer("another", given[0]);
    EXPECT_TRUE(std::filesystem::exists(path("x.assay-wal")));
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);  // One file again.
  const Study study(path(), Study::Mode::read);
  const std::vector<KeptAnswer> answers = study.kept_answers("command:1:j:base");
  ASSERT_EQ(answers.size(), std::size(given));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].query, given[i].query);
    EXPECT_EQ(answers[i].model, given[i].model);
    EXPECT_EQ(answers[i].turn, given[i].turn);
    EXPECT_EQ(answers[i].repeat, given[i].repeat);
    EXPECT_EQ(answers[i].shown, given[i].shown);
    if (i < 3) {
      EXPECT_EQ(answers[i].value, given[i].value);
    }
  }
  EXPECT_TRUE(std::isnan(answers[3].value));
  EXPECT_TRUE(study.kept_answers("nobody").empty());
  const StudySummary summary = study.summary();
  ASSERT_EQ(summary.oracles.size(), 2U);
  EXPECT_EQ(summary.oracles[1].name, "command:1:j:base");
  EXPECT_EQ(summary.oracles[1].answers, 3U);
  EXPECT_EQ(summary.oracles[1].failed, 1U);
}

TEST_F(StudyTest, AnswerIsGivenOnceForATextButAFailedCallMayBeRepeated) {
  Study study = sample();
  study.keep_answer("o", answer("q1", "bad", std::nan("")));
  study.keep_answer("o", answer("q1", "bad", std::nan("")));
  study.keep_answer("o", answer("q1", "bad", 1));
  EXPECT_THAT(error_of([&] { study.keep_answer("o", answer("q1", "bad", 0)); }),
              HasSubstr("\"o\" has answered query \"q1\", model \"bad\" already"));
  study.keep_answer("o", answer("q1", "bad", 0, "another text"));
  EXPECT_EQ(study.kept_answers("o").size(), 4U);
  EXPECT_THROW(study.keep_answer("o", answer("q9", "bad", 1)), Error);
  EXPECT_THROW(study.keep_answer("o", answer("q1", "nobody", 1)), Error);
}

TEST_F(StudyTest, WhatIsForgottenMayBeAnsweredAnew) {
  Study study = sample();
  study.keep_answer("o", answer("q1", "bad", 1));
  study.keep_answer("o", answer("q2", "bad", 1));
  study.forget_answer("o", answer("q1", "bad", 0, "another text"));
  study.forget_answer("p", answer("q1", "bad", 0));
  EXPECT_EQ(study.kept_answers("o").size(), 2U) << "not what was kept";
  study.forget_answer("o", answer("q1", "bad", 0));
  ASSERT_EQ(study.kept_answers("o").size(), 1U);
  EXPECT_EQ(study.kept_answers("o")[0].query, "q2");
  study.keep_answer("o", answer("q1", "bad", 0));
  EXPECT_EQ(study.kept_answers("o").size(), 2U);
}

TEST_F(StudyTest, OnlyOneAsksWhileOthersRead) {
  Study study = sample();
  study.keep_answer("o", answer("q1", "bad", 1));
  {
    Study second(path(), Study::Mode::write);
    EXPECT_EQ(second.kept_answers("o").size(), 1U);  // To look takes no right.
    EXPECT_THAT(error_of([&] { second.begin_answering(); }), HasSubstr("another process is asking"));
    EXPECT_THAT(error_of([&] { second.keep_answer("o", answer("q2", "bad", 1)); }),
                HasSubstr("another process is asking"));
  }
  Study reader(path(), Study::Mode::read);
  EXPECT_EQ(reader.kept_answers("o").size(), 1U);
  EXPECT_THAT(error_of([&] { reader.begin_answering(); }), HasSubstr("for reading only"));
  study.keep_answer("o", answer("q2", "bad", 1));
  EXPECT_EQ(reader.kept_answers("o").size(), 2U);
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
  study->keep_answer("o", answer("q1", "bad", 1));
  {
    const Study reader(path(), Study::Mode::read);
    EXPECT_EQ(reader.kept_answers("o").size(), 1U);
    study.reset();
    EXPECT_EQ(reader.kept_answers("o").size(), 1U);
  }
  study.emplace(path(), Study::Mode::write);
  study->keep_answer("o", answer("q2", "bad", 1));
  study.reset();
  EXPECT_EQ(Study(path(), Study::Mode::read).kept_answers("o").size(), 2U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(StudyTest, MarksTellWhatCameLater) {
  store::Study study = sample();
  EXPECT_EQ(study.answer_mark(), AnswerMark{});
  study.keep_answer("o", {"q1", "good", 0, 0, {}, 1.0});
  const AnswerMark then = study.answer_mark();
  study.keep_answer("p", {"q1", "good", 0, 0, {}, 1.0});
  study.keep_answer("o", {"q2", "good", 0, 0, {}, 0.0});
  const auto kept = study.kept_answers("o");
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_LE(kept[0].number, then.kept);
  EXPECT_GT(kept[1].number, then.kept);
  EXPECT_EQ(study.oracles(), (std::vector<std::string>{"o", "p"}));
}

}  // namespace
}  // namespace assay::store
