#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/llm_run.h"
#include "assay/http/http_client.h"
#include "assay/judge/call_failure.h"
#include "assay/judge/verdict_reader.h"

namespace assay::asking {

/// \file
/// An LLM is asked about pairs that are made up (made_up_pairs.h), each in both orders, in just the way in which a
/// run asks: what can it do, and what does it cost?
///
///     const JudgeExam exam = examine_judge({.url = "http://localhost:8000/v1", .model = "m"}, timeout);
///     if (exam.verdicts() == exam.answers.size()) use(exam);

struct JudgeExam {
  /// What the endpoint does with a JSON schema. `untried`: it was not asked for one, or did not get so far.
  enum class Schema : std::uint8_t { untried, kept, ignored, refused };
  enum class End : std::uint8_t {
    whole,    ///< All was asked.
    money,    ///< The limit of cost came first.
    trouble,  ///< It is in trouble, refuses everything, or nobody is there.
  };
  /// Of one question.
  struct Answer {
    std::size_t pair = 0;                         ///< Of kMadeUpPairs.
    bool one_first = true;                        ///< The pair's `one` stood first.
    std::optional<judge::PairVerdict> verdict{};  ///< Empty if there is none.
    judge::CallFailure failure = judge::CallFailure::none;
    std::string why = {};  ///< Of a failure; fit for a terminal.
  };
  /// Of replies, of whatever there is any.
  struct Seconds {
    double least = 0, median = 0, most = 0;
  };

  std::string url, model;
  bool key_sent = false;  ///< Or a header that stands for it.
  End end = End::whole;
  std::string ended = {};  ///< Why not all was asked; fit for a terminal.
  int status = 0;          ///< Of the last reply that told of trouble, or what its error stands for; 0: none.
  bool passes = false;     ///< That trouble may pass.
  std::vector<std::string> models = {};  ///< That it says it has; asked for only where the model may be unknown.

  bool needs_completion_tokens = false;  ///< It refused `max_tokens`, and took the other name.
  bool needs_no_temperature = false;     ///< It refused the temperature, and took none.
  std::vector<Answer> answers = {};      ///< In the order in which they were asked, 4 at most.

  std::string answers_as = {};  ///< The model as the replies call it; empty: untold.
  Schema schema = Schema::untried;
  std::vector<std::string> usage = {};           ///< Names of the counts that it tells.
  bool usage_certain = false;                    ///< Of every reply, what it bills is told without contradiction.
  bool thoughts = false;                         ///< It thinks before it says something.
  std::optional<double> reasoning{};             ///< Tokens of that a reply, mean; empty: not told.
  std::optional<double> tokens_in{};             ///< Of a reply, mean.
  std::optional<double> tokens_out{};            ///< Likewise, with reasoning.
  std::optional<std::uint64_t> longest_reply{};  ///< Tokens out.
  std::size_t max_tokens = 0;                    ///< That were allowed.
  std::optional<Seconds> latency{};
  http::Headers rate_limits = {};  ///< As the last reply that has any tells them; content of strangers.

  std::size_t requests = 0;
  std::vector<std::size_t> failures = std::vector<std::size_t>(judge::kCallFailures);  ///< Requests by failure.
  std::optional<Money> cost{};          ///< Of all requests, at most; empty: no price is known.
  std::optional<Money> verdict_cost{};  ///< Of a reply, mean, at most.
  bool cost_certain = false;            ///< Not only at most.
  std::optional<Money> most_cost{};

  std::size_t verdicts() const;  ///< Answers that have one.
};

/// Asks. At most 8 requests if it answers, 12 where it is in trouble. Throws InvalidArgument or Error before
/// anything is sent, as LlmRun does, and what `waiting` throws.
JudgeExam examine_judge(LlmOptions options, std::chrono::milliseconds timeout, std::function<void()> waiting = {},
                        std::function<void(std::string_view)> troubled = {});

}  // namespace assay::asking
