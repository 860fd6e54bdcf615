// `select` with a person: nothing is lost or doubled, whatever is taken back and whenever the person leaves.

#include <gmock/gmock.h>

#include "assay/app/select.h"
#include "tests/app/app_fixture.h"
#include "tests/judge/scripted_person.h"

namespace assay::app {
namespace {

using testing::HasSubstr;

class PersonTest : public SynthStudyTest {
 protected:
  asking::SelectReport run(const std::string& keys, double budget = 3, const std::string& strategy = "assay") {
    ScriptedPerson person(keys);
    SelectRequest request;
    request.study = study_;
    request.oracle.name = "person";
    request.oracle.person = &person;
    request.choice.baseline = "baseline";
    request.strategy = strategy;
    request.budget = budget;
    const asking::SelectReport report = run_select(request);
    shown_ = person.shown;
    return report;
  }

  std::vector<store::KeptAnswer> kept() const {
    return store::Study(study_, store::Study::Mode::read).kept_answers("person:0::baseline");
  }
  static std::string as_text(const std::vector<store::KeptAnswer>& answers) {
    std::string text;
    for (const store::KeptAnswer& one : answers) {
      text += one.query + " " + one.model + " " + std::to_string(one.value) + "\n";
    }
    return text;
  }

  std::vector<ScriptedPerson::Shown> shown_;
};

TEST_F(PersonTest, AnswersAreKeptAndAskedOnce) {
  const asking::SelectReport report = run(std::string(15, '='));
  EXPECT_EQ(report.calls, 15U);
  EXPECT_EQ(report.calls_new, 15U);
  EXPECT_EQ(kept().size(), 15U);
  const asking::SelectReport again = run("");
  EXPECT_TRUE(shown_.empty()) << "asked again what was answered";
  EXPECT_EQ(again.calls_new, 0U);
  EXPECT_EQ(again.best, report.best);
}

// The runs with corrections end as the one without.
TEST_F(PersonTest, WhatIsTakenBackNeverWas) {
  run(std::string(15, '='));
  const std::string without = as_text(kept());
  study_ = folder_.path("corrected.assay");
  run_synth({.study = study_, .options = {.models = 5, .queries = 40, .seed = 11}});
  run("0u==1u==2u" + std::string(10, '=') + "0u==");
  EXPECT_EQ(as_text(kept()), without);
  // Asked again is what was asked before, with the same answer first.
  EXPECT_EQ(shown_[0].prompt, shown_[2].prompt);
  EXPECT_EQ(shown_[0].first, shown_[2].first);
  EXPECT_FALSE(shown_[2].can_undo);
}

TEST_F(PersonTest, WhoeverLeavesKeepsAllAnswersAndGoesOn) {
  const asking::SelectReport first = run("===q");
  EXPECT_EQ(first.calls, 3U);
  EXPECT_THAT(first.notes, testing::Contains(HasSubstr("the person stopped")));
  EXPECT_EQ(kept().size(), 3U);
  const asking::SelectReport second = run("==");  // and the script ends: leaves
  EXPECT_FALSE(shown_[0].can_undo) << "what an earlier sitting kept is kept for good";
  EXPECT_EQ(second.calls, 5U);
  EXPECT_EQ(second.calls_new, 2U);
  run(std::string(10, '='));
  const std::string parts = as_text(kept());
  study_ = folder_.path("whole.assay");
  run_synth({.study = study_, .options = {.models = 5, .queries = 40, .seed = 11}});
  run(std::string(15, '='));
  EXPECT_EQ(parts, as_text(kept()));
}

TEST_F(PersonTest, LeavingAfterTakingBackForgetsTheOneAnswer) {
  run("==uq");
  EXPECT_EQ(kept().size(), 1U);
  run("=u");
  EXPECT_EQ(kept().size(), 1U);
}

TEST_F(PersonTest, LeavingAtOnceIsNoError) {
  const asking::SelectReport report = run("q");
  EXPECT_EQ(report.calls, 0U);
  EXPECT_TRUE(kept().empty());
}

// Every answer is kept at once, the last one too.
TEST_F(PersonTest, AFailureLosesNothing) {
  EXPECT_THROW(run("==?"), std::logic_error);
  EXPECT_EQ(kept().size(), 2U);
}

TEST_F(PersonTest, IsAskedOneByOneByEveryStrategy) {
  SelectRequest request;
  request.study = study_;
  request.oracle.name = "person:anna";
  request.choice.baseline = "baseline";
  request.batch = 2;
  ScriptedPerson person("");
  request.oracle.person = &person;
  EXPECT_EQ(error_of([&] { run_select(request); }), "oracle \"person:anna\" is asked one call at a time, came 2");
  request.batch = 0;
  request.oracle.person = nullptr;
  EXPECT_EQ(error_of([&] { run_select(request); }), "oracle person needs somebody to ask");
  run("==u=", 2, "random");
  EXPECT_EQ(kept().size(), 2U);
}

}  // namespace
}  // namespace assay::app
