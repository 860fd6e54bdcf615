#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/judge_bill.h"
#include "assay/core/paid_calls.h"
#include "assay/judge/llm_judge.h"

namespace assay::asking {

/// What the options of `--oracle llm` say.
struct LlmOptions {
  std::string url;               ///< Of the API with its version; needed.
  std::string model;             ///< Needed.
  std::string key = {};          ///< Sent as bearer token if not empty. Never in the study, a report or an error.
  std::string prompt_file = {};  ///< A template; empty: the standard one.
  judge::ReplyChoice reply = judge::ReplyChoice::automatic;
  PairOrder order = PairOrder::both;
  std::uint32_t repeats = 1;
  std::string repeat_by = {};  ///< Allocator that hands out the repeats of a batch; empty: the same for each pair.
  std::size_t max_tokens = 512;
  std::optional<double> temperature = 0.0;
  bool completion_tokens = false;       ///< As in ChatSettings.
  std::string price_file = {};          ///< Empty: no price is known.
  std::optional<Money> most_cost = {};  ///< Of all calls that the study has paid for; needs a price.
  std::size_t retries = 2;              ///< After a first try that failed.
  bool proxy_from_environment = false;  ///< As HttpLimits.
  http::HttpClient* client = nullptr;   ///< Takes the place of the network, in tests.
};

/// What a run with an LLM as judge needs beside the questions: connection, money, rules.
class LlmRun {
 public:
  /// `ledger` must outlive it. `at_once`: requests under way. Throws InvalidArgument or Error before anything is
  /// sent: options out of range, a template or price file that can't be used, a limit of cost without a price.
  LlmRun(const LlmOptions& options, judge::PromptKind kind, CallLedger& ledger, std::size_t at_once,
         std::chrono::milliseconds timeout, std::function<void()> waiting);
  LlmRun(const LlmRun&) = delete;  // its parts know each other
  LlmRun& operator=(const LlmRun&) = delete;

  const judge::LlmJudge& judge() const { return judge_; }
  judge::ChatCalls& calls() { return *calls_; }
  /// Without what only a judge of pairs or of responses knows.
  JudgeBill bill() const;
  struct Question {
    judge::Prompt prompt;
    std::uint32_t repeat = 0;
  };
  /// Of `calls` calls out of `all`, each with so many questions.
  JudgeEstimate estimate(
      std::size_t calls, std::size_t all, std::size_t questions_a_call,
      const std::function<Question(std::size_t call, std::size_t which, judge::ReplyKind reply)>& question);

 private:
  std::string url_;
  judge::LlmJudge judge_;
  CallLedger& ledger_;
  std::optional<judge::Price> price_;
  std::unique_ptr<http::HttpClient> own_client_;
  Money before_;
  judge::Budget budget_;
  std::optional<judge::ChatCalls> calls_;
};

}  // namespace assay::asking
