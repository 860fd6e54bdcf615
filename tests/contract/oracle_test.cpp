// What every oracle must do, by assay/judge/oracle.h, and what a run over one must survive.

#include "assay/judge/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "assay/core/error.h"
#include "assay/judge/command_oracle.h"
#include "assay/judge/recorded.h"
#include "assay/select/selection.h"
#include "tests/judge/failing_oracle.h"
#include "tests/judge/memory_oracle.h"
#include "tests/judge/shell_judge.h"
#include "tests/select/sample_problem.h"

namespace assay {
namespace {

constexpr std::size_t kQueries = 8;
constexpr std::size_t kModels = 3;

const OutcomeTable& truth() {
  static const OutcomeTable table = random_outcomes(kQueries, kModels, 0.2, 21);
  return table;
}

std::vector<Call> all_calls() {
  std::vector<Call> calls;
  for (std::size_t q = 0; q < kQueries; ++q) {
    for (std::size_t j = 0; j < kModels; ++j) calls.push_back({query_id(q), model_id(j)});
  }
  return calls;
}

std::unique_ptr<Oracle> recorded() { return std::make_unique<RecordedOracle>(truth(), "judge", "baseline"); }

std::unique_ptr<Oracle> in_memory() {
  auto oracle = std::make_unique<MemoryOracle>("memory");
  for (const Call& call : all_calls()) oracle->put(call, truth().at(call.query, call.model));
  return oracle;
}

// The response of each pair is its outcome, which the program reads.
std::unique_ptr<Oracle> command() {
  ComparedTexts texts;
  texts.baseline = "baseline";
  texts.prompts.resize(kQueries);
  texts.responses = ResponseTable(kQueries, kModels);
  for (std::size_t q = 0; q < kQueries; ++q) texts.queries.push_back("q" + std::to_string(q));
  for (std::size_t j = 0; j < kModels; ++j) texts.models.push_back("m" + std::to_string(j));
  for (const Call& call : all_calls()) {
    texts.responses.set(call.query, call.model, std::string(name(truth().at(call.query, call.model))));
  }
  const std::string program =
      shell_judge(R"(v=${line#*\"response\":\"}; v=${v%%\"*}; )" + say("\"verdict\":\"$v\""));
  return std::make_unique<CommandOracle>(program, texts, ProgramHooks{});
}

struct OracleKind {
  const char* name;
  std::unique_ptr<Oracle> (*make)();
};

class OracleContract : public testing::TestWithParam<OracleKind> {
 protected:
  std::unique_ptr<Oracle> oracle_ = GetParam().make();
};

TEST_P(OracleContract, AnswersEachCallOnceWithItsOwnOutcome) {
  std::vector<Call> open = all_calls();
  oracle_->ask(all_calls(), [&](const Verdict& verdict) {
    const auto at = std::find(open.begin(), open.end(), verdict.call);
    ASSERT_NE(at, open.end()) << "an answer to a call that was not asked, or a second one";
    open.erase(at);
    EXPECT_EQ(verdict.outcome, truth().at(verdict.call.query, verdict.call.model))
        << "the answer to another call, or a call without verdict turned into one";
  });
  EXPECT_TRUE(open.empty()) << open.size() << " calls were never answered: a run would wait for them forever";
}

TEST_P(OracleContract, NothingAskedNothingAnswered) {
  oracle_->ask({}, [](const Verdict&) { ADD_FAILURE() << "an answer without a call"; });
}

TEST_P(OracleContract, HasOneNameThatStays) {
  const std::string before = oracle_->name();
  EXPECT_FALSE(before.empty()) << "kept answers are found by this name";
  oracle_->ask(all_calls(), [](const Verdict&) {});
  EXPECT_EQ(oracle_->name(), before);
  EXPECT_EQ(GetParam().make()->name(), before) << "a second run would pay again for answers that are kept";
}

TEST_P(OracleContract, WhatCameBeforeAFailureStands) {
  FailingOracle failing(*oracle_, 5);
  std::vector<Verdict> came;
  const auto keep = [&](const Verdict& verdict) { came.push_back(verdict); };
  EXPECT_THROW(failing.ask(all_calls(), keep), OracleError);
  ASSERT_EQ(came.size(), 5U);
  for (const Verdict& verdict : came)
    EXPECT_EQ(verdict.outcome, truth().at(verdict.call.query, verdict.call.model));
}

// A run that keeps asking for what is missing ends as if the judge had never failed.
TEST_P(OracleContract, ARunSurvivesAJudgeThatBreaksOff) {
  SampleProblem sample = sample_problem({.models = kModels, .queries = kQueries}, 22);
  sample.truth = truth();
  const auto finish = [&](FailingOracle& judge) {
    Selection selection(strategy("llm-selector"), sample.problem(), {}, ReturnRule::posterior);
    for (std::vector<Call> open;; open.clear()) {
      selection.propose(kModels, open);
      if (open.empty()) break;
      while (!open.empty()) {
        const std::vector<Call> asked = open;
        try {
          judge.ask(asked, [&](const Verdict& verdict) {
            open.erase(std::find(open.begin(), open.end(), verdict.call));
            selection.observe(std::span(&verdict, 1));
          });
        } catch (const OracleError&) {
          judge.mend(2);
        }
      }
    }
    EXPECT_EQ(selection.calls(), kQueries * kModels) << "a call was billed twice, or left out";
    return selection.posterior();
  };
  FailingOracle sound(*oracle_, SIZE_MAX);
  FailingOracle shaky(*oracle_, 1);
  EXPECT_EQ(finish(shaky), finish(sound)) << "failures of the judge changed the result";
}

INSTANTIATE_TEST_SUITE_P(All, OracleContract,
                         testing::Values(OracleKind{"recorded", recorded}, OracleKind{"memory", in_memory},
                                         OracleKind{"command", command}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace assay
