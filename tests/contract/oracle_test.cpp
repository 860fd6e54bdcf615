// What every oracle must do, by assay/judge/oracle.h, and what a run over one must survive.

#include "assay/asking/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "assay/asking/command_oracle.h"
#include "assay/asking/llm_oracle.h"
#include "assay/asking/recorded.h"
#include "assay/core/error.h"
#include "assay/select/selection.h"
#include "tests/judge/failing_oracle.h"
#include "tests/judge/memory_judge.h"
#include "tests/judge/memory_ledger.h"
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

std::unique_ptr<asking::Oracle> recorded() {
  return std::make_unique<asking::RecordedOracle>(truth(), "judge", "baseline");
}

std::unique_ptr<asking::Oracle> in_memory() {
  auto oracle = std::make_unique<MemoryOracle>("memory");
  for (const Call& call : all_calls()) oracle->put(call, truth().at(call.query, call.model));
  return oracle;
}

// The response of each pair is its outcome, which the program reads.
std::unique_ptr<asking::Oracle> command() {
  asking::ComparedTexts texts;
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
  return std::make_unique<asking::CommandOracle>(program, texts, judge::ProgramHooks{});
}

// Likewise, by an endpoint in memory; a pair without a verdict gets words without one.
class LlmInMemory : public asking::Oracle {
 public:
  LlmInMemory() : prompts_(kQueries), responses_(kQueries, kModels) {
    for (const Call& call : all_calls()) {
      const std::string of_call = std::to_string(index(call.query)) + "/" + std::to_string(index(call.model));
      responses_.set(call.query, call.model,
                     std::string(assay::name(truth().at(call.query, call.model))) + " " + of_call);
      responses_.set_baseline(call.query, "base " + std::to_string(index(call.query)));
    }
  }

  std::string name() const override { return oracle_.name(); }
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override {
    oracle_.ask(calls, answered);
  }

 private:
  static MemoryHttp::Answer answer(std::size_t i, const std::string& body) {
    const std::string message = judge::read_chat_request(body)->user_message;
    const bool first = part_of(message, "Answer B").starts_with("base");
    const std::string of_model = part_of(message, first ? "Answer A" : "Answer B");
    if (of_model.starts_with("none")) return http_answer(200, completion_of("hm"));
    return judging([&](const std::string&, const std::string&) {
      if (of_model.starts_with("draw")) return judge::PairVerdict::tie;
      return of_model.starts_with("win") == first ? judge::PairVerdict::a : judge::PairVerdict::b;
    })(i, body);
  }
  static judge::CallRules rules() {
    judge::CallRules rules{"http://judge/v1", "m"};
    rules.tries = 1;
    rules.concurrency.most = 3;
    return rules;
  }

  std::vector<std::string> prompts_;
  ResponseTable responses_;
  MemoryHttp http_{answer};
  MemoryLedger ledger_;
  judge::Budget budget_{std::nullopt, {}};
  judge::ChatCalls calls_{http_, ledger_, budget_, rules()};
  asking::LlmOracle oracle_{prompts_, responses_, {"http://judge/v1", "m"}, {}, "base", calls_};
};

std::unique_ptr<asking::Oracle> llm() { return std::make_unique<LlmInMemory>(); }

struct OracleKind {
  const char* name;
  std::unique_ptr<asking::Oracle> (*make)();
};

class OracleContract : public testing::TestWithParam<OracleKind> {
 protected:
  std::unique_ptr<asking::Oracle> oracle_ = GetParam().make();
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
    select::Selection selection(select::strategy("llm-selector"), sample.problem(), {},
                                select::ReturnRule::posterior);
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
                                         OracleKind{"command", command}, OracleKind{"llm", llm}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace assay
