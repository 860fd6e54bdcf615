#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/judge_bill.h"
#include "assay/core/paid_calls.h"
#include "assay/http/api_request.h"
#include "assay/judge/llm_judge.h"

namespace assay::asking {

/// What the options of `--oracle llm` say. What is empty is as the study remembers it (llm_memory.h), else the
/// default.
struct LlmOptions {
  std::string url;       ///< Of the API with its version; needed.
  std::string model;     ///< Needed.
  std::string key = {};  ///< Sent if not empty, as ApiAccess. Never in the study, a report or an error.
  /// More that each request has; their values likewise. Empty: none, unless the study remembers that there were
  /// some.
  std::optional<http::Headers> headers = {};
  std::vector<std::string> headers_before = {};  ///< Names of those that a study remembers.
  std::string default_url = {};  ///< In place of `url` if neither that nor the study says any; a key may go there.
  std::string key_salt = {};     ///< Random bytes, for the study's check of the key (key_check.h); empty: no check.
  std::string prompt_file = {};  ///< A template; empty or "standard": the standard one.
  std::optional<std::string> prompt = {};        ///< The text of the template; empty: of the file.
  std::optional<judge::ReplyChoice> reply = {};  ///< Default: automatic.
  std::optional<PairOrder> order = {};           ///< Default: both.
  std::optional<std::uint32_t> repeats = {};     ///< Default: 1.
  /// Allocator that hands out the repeats of a batch; default "": the same for each pair.
  std::optional<std::string> repeat_by = {};
  std::optional<std::size_t> max_tokens = {};             ///< Default: 512.
  std::optional<std::optional<double>> temperature = {};  ///< Default: 0. Empty within: the endpoint's own.
  std::optional<bool> completion_tokens = {};             ///< As in ChatSettings; default: no.
  std::string price_file = {};                            ///< Empty: `price`.
  std::optional<judge::Price> price = {};                 ///< Of the model; empty: not known.
  std::optional<Money> most_cost = {};  ///< Of all calls that the study has paid for; needs a price.
  /// What is spent together with others, by whom `most_cost` is heeded; empty: a budget of its own.
  std::shared_ptr<judge::Budget> budget = {};
  std::size_t retries = 2;                         ///< After a first try that failed.
  http::Milliseconds patience{300'000};            ///< As CallRules.
  bool heed_environment = false;                   ///< As HttpLimits.
  http::HttpClient* client = nullptr;              ///< Takes the place of the network, in tests.
  bool half_price = false;                         ///< Calls go in batches.
  std::shared_ptr<http::RequestBatch> batch = {};  ///< As in CallRules.
};

/// "standard": the name of the standard template, in place of a file.
inline constexpr std::string_view kStandardTemplate = "standard";

/// How its endpoint is reached.
http::ApiAccess access_of(const LlmOptions& options, http::Milliseconds timeout);

/// Reads the template and the price of the model from their files, if they are named. Throws Error, and
/// InvalidArgument for a limit of cost without a price.
void read_files(LlmOptions& options);

/// What a run with an LLM as judge needs beside the questions: connection, money, rules.
class LlmRun {
 public:
  /// `ledger` must outlive it. `at_once`: requests under way. Throws InvalidArgument or Error before anything is
  /// sent: options out of range, a template or price file that can't be used, a limit of cost without a price.
  LlmRun(LlmOptions options, judge::PromptKind kind, CallLedger& ledger, std::size_t at_once,
         std::chrono::milliseconds timeout, std::function<void()> waiting,
         std::function<void(std::string_view)> troubled = {});
  LlmRun(const LlmRun&) = delete;  // its parts know each other
  LlmRun& operator=(const LlmRun&) = delete;

  const judge::LlmJudge& judge() const { return judge_; }
  judge::ChatCalls& calls() { return *calls_; }
  struct Question {
    judge::Prompt prompt;
    std::uint32_t repeat = 0;
  };
  /// What the ledger's calls up to number `last` have as its reply of this kind; nothing is asked.
  std::optional<std::string> kept(const Question& question, judge::ReplyKind reply, std::int64_t last) const;
  /// Whether the ledger has any reply of this judge: without one there is no need to look for any.
  bool has_replies() const;
  /// What judging an answer of this model cost; part of the bill from now on.
  void charge(std::string_view model, Money cost);
  /// Without what only a judge of pairs or of responses knows.
  JudgeBill bill() const;
  /// Of `calls` calls out of `all`, each with so many questions, all of which are expected. Likely
  /// tokens are guessed from bytes, or, once the study has twenty replies of this judge, go by those.
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
  std::shared_ptr<judge::Budget> budget_;
  std::shared_ptr<http::RequestBatch> batch_;
  std::optional<judge::ChatCalls> calls_;
  std::map<std::string, Money, std::less<>> cost_of_models_;
};

}  // namespace assay::asking
