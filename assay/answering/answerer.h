#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/answering/candidate.h"
#include "assay/core/money.h"
#include "assay/core/paid_calls.h"
#include "assay/core/records.h"
#include "assay/http/http_client.h"
#include "assay/judge/call_counts.h"
#include "assay/judge/program.h"
#include "assay/judge/program_hooks.h"

namespace assay::answering {

/// How candidates are reached, beside what stands in their file.
struct AnswererOptions {
  std::string default_url = {};     ///< Of candidates without one; empty: there is none.
  std::vector<std::string> keys{};  ///< Of each candidate; empty: none is sent. Never kept, shown or logged.
  std::chrono::milliseconds timeout{120'000};   ///< Of one answer.
  std::chrono::milliseconds patience{300'000};  ///< As judge::CallRules.
  std::size_t retries = 2;
  bool heed_environment = false;
  http::HttpClient* client = nullptr;  ///< Takes the place of the network, in tests.
  std::function<void()> waiting{};     ///< Called now and then; may throw to end the run.
  std::function<void(std::string_view)>
      said{};                   ///< Each line that a program says on the side. Content of strangers.
  judge::StartProgram start{};  ///< Programs that the caller has itself.
  std::function<void(std::string_view)> troubled{};  ///< As judge::ChatCalls; names the candidates concerned.
};

/// Throws InvalidArgument if a candidate has no address, or two of them are the same model with the same settings
/// at the same address: they would be asked, and paid for, as one.
void check_reachable(std::span<const Candidate> candidates, const AnswererOptions& options);

/// What a candidate is asked.
struct Question {
  std::size_t candidate = 0;
  std::string_view prompt;  ///< Outlives the asking.
  std::string_view chat{};  ///< Likewise: as QueryRecord::messages; empty: the prompt is one message of the user.
};

/// What came of it.
struct GivenAnswer {
  std::string text;     ///< Without the thoughts before it.
  std::string failure;  ///< Why there is none, fit for a terminal; empty: there is one.
  AnswerCost took;
  bool truncated = false;  ///< It ended at the limit of tokens.
  bool known = false;      ///< An earlier run had it, and it was not asked again.
};

/// Candidates that are asked, many at once and each at its own pace, from one thread. Every exchange is in the
/// ledger before its answer is handed over, so that nothing is paid for twice. What an endpoint is asked stands
/// there with the address of its chat completions, apart from what the same model is asked as a judge.
///
///     Answerer answerer(candidates, study.paid_calls(), budget, options);
///     answerer.ask(questions, [&](std::size_t question, const GivenAnswer& answer) { ... });
class Answerer {
 public:
  /// `ledger` and `budget` must outlive it. Throws InvalidArgument before anything is sent: an address that is
  /// none, a program that is none, a limit of cost without a price.
  Answerer(std::vector<Candidate> candidates, CallLedger& ledger, judge::Budget& budget, AnswererOptions options);
  ~Answerer();
  Answerer(const Answerer&) = delete;
  Answerer& operator=(const Answerer&) = delete;

  /// Asks, and hands over each answer as soon as it is kept, in any order. A candidate that can't be asked any more
  /// (`gone`) leaves its questions without one. Throws judge::BudgetEnded at the limit of cost. `stalled`: as
  /// judge::run_together; after false what has no answer yet stays without one.
  void ask(std::span<const Question> questions,
           const std::function<void(std::size_t question, const GivenAnswer& answer)>& answered,
           const std::function<bool()>& stalled = {});

  const std::vector<Candidate>& candidates() const;
  /// Why a candidate can't be asked any more; empty: it can.
  const std::string& gone(std::size_t candidate) const;
  /// What was asked of it so far; of a program, nothing is known.
  judge::CallCounts counts(std::size_t candidate) const;

 private:
  class Endpoint;
  class Program;

  void tell_trouble(std::size_t candidate, std::span<const std::size_t> asked, std::string_view why) const;

  std::vector<Candidate> candidates_;
  AnswererOptions options_;
  std::unique_ptr<http::HttpClient> own_client_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;  // of each candidate; null: a program
  std::vector<std::unique_ptr<Program>> programs_;    // likewise
  std::vector<std::string> gone_;
};

}  // namespace assay::answering
