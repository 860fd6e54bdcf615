#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/paid_calls.h"
#include "assay/http/concurrency_limiter.h"
#include "assay/http/endpoint_watch.h"
#include "assay/http/http_client.h"
#include "assay/http/request_batch.h"
#include "assay/judge/call_counts.h"
#include "assay/judge/call_failure.h"
#include "assay/judge/prices.h"
#include "assay/judge/prompt_template.h"

namespace assay::judge {

struct ChatReply;

/// The money that may be spent is: what was answered stands, the rest was not asked.
class BudgetEnded : public OracleError {
 public:
  using OracleError::OracleError;
};

/// Going on is hopeless, or nothing but trouble for too long: what was answered stands.
class EndpointEnded : public OracleError {
 public:
  using OracleError::OracleError;
};

/// By which rules requests are put to an endpoint.
struct CallRules {
  std::string url;           ///< As in CallKey.
  std::string model;         ///< Likewise.
  http::HttpRequest post{};  ///< What each request is made from; its body is the call's.
  std::optional<Price> price{};
  std::size_t max_tokens = 512;  ///< Of a reply; for what is set aside.
  std::size_t tries = 3;  ///< Of a request that failed and may do better; at least 1. Trouble of the endpoint as a
                          ///< whole (http/endpoint_watch.h) is not a try.
  http::Milliseconds patience{300'000};  ///< How long such trouble is waited for before the run ends.
  http::ConcurrencySettings concurrency{};
  bool takes_truncated = false;         ///< What was said before the limit of tokens is a reply, too.
  http::RequestBatch* batch = nullptr;  ///< Requests are collected there instead of sent. Must outlive the calls.
};

/// What became of a request.
struct ChatOutcome {
  CallFailure failure = CallFailure::none;
  int status = 0;           ///< Of the last reply; 0: none, or from the ledger.
  std::string content;      ///< What the judge said; of a failure, what happened.
  bool known = false;       ///< Nothing was sent: the ledger had the reply.
  bool of_content = false;  ///< Rejected for what the prompt holds: moderation, length.
  bool truncated = false;   ///< A reply that ended at the limit of tokens; see CallRules::takes_truncated.
  std::optional<std::uint64_t> tokens_in = {};  ///< As billed, of the reply.
  std::optional<std::uint64_t> tokens_out = {};
  std::optional<Money> cost = {};
  http::Milliseconds took{0};  ///< From the request to the whole reply; 0 where the ledger had it.
};

/// Puts requests to one endpoint, as many at once as its limiter allows, and each exchange into the ledger as soon
/// as it is over. Memory grows with the requests under way, not with the tasks.
class ChatCalls {
 public:
  /// A task's request.
  struct Request {
    std::string body;
    std::uint32_t repeat = 0;
    std::size_t prompt_bytes = 0;       ///< Of the user message; for what is set aside.
    std::string marker;                 ///< Of the prompt, for `readable`.
    ReplyKind reply = ReplyKind::line;  ///< What was asked for.
  };
  struct Tasks {
    std::size_t count = 0;
    std::function<Request(std::size_t task)> request;  ///< Always the same for the same task.
    /// Whether what the judge said can be used. Called again for the same task only after it said false.
    std::function<bool(std::size_t task, const Request& request, const std::string& content)> readable;
    std::function<void(std::size_t task, const ChatOutcome& outcome)> done;  ///< Each task once, in any order.
    /// What each reply to a task's request cost, at most, those of tries that failed included; may be empty. Tasks
    /// that ask the same pay once.
    std::function<void(std::size_t task, Money cost)> billed = {};
  };

  /// All of these must outlive it.
  ChatCalls(http::HttpClient& client, CallLedger& ledger, Budget& budget, CallRules rules);
  ~ChatCalls();
  ChatCalls(const ChatCalls&) = delete;
  ChatCalls& operator=(const ChatCalls&) = delete;

  /// Throws BudgetEnded when no more may be spent, EndpointEnded when going on is hopeless: the key is refused, the
  /// quota is used up, nothing answers at that address, the first 20 tasks failed, or nothing but trouble for
  /// `patience`. What was under way is waited for for a few seconds first, as it is paid for. With
  /// CallRules::batch: http::BatchAwaited when what can't be answered by the ledger is collected.
  void run(const Tasks& tasks);

  /// The steps of `run`, for whoever works off several endpoints at a time (chat_lanes.h). `tasks` must outlive
  /// them.
  void begin(const Tasks& tasks);
  bool over() const;  ///< Each task is done.
  /// Sends what may be sent now. Throws as `run`.
  void send();
  /// For how long at most there is nothing to send unless a reply comes.
  http::Milliseconds rest() const;
  bool has(std::uint64_t id) const;  ///< Whether this request is under way here.
  /// The reply to such a request. Throws as `run`, after it is kept.
  void take(std::uint64_t id, http::HttpReply reply);
  std::size_t under_way() const;  ///< Requests.
  void stop();                    ///< Nothing more is sent; replies are still taken.
  void abandon();                 ///< What is under way is not waited for; it may have been billed.
  /// Nothing is under way, or to be sent yet, as the endpoint is in trouble.
  bool stalled() const;
  /// Whether `tell_trouble` has something to tell.
  bool in_trouble() const;
  /// Tells `troubled` why nothing is sent, if that is so.
  void tell_trouble() const;

  /// Whether requests are collected instead of sent.
  bool collects() const { return rules_.batch != nullptr; }
  /// What the judge said to this request in an earlier run; empty if it was not asked.
  std::optional<std::string> kept(const std::string& body, std::uint32_t repeat) const;

  /// Called at least every quarter of a second while requests are under way; may throw to stop.
  std::function<void()> tick;
  /// Told in one line, again and again, while nothing is sent because the endpoint is in trouble.
  std::function<void(std::string_view why)> troubled;

  const CallCounts& counts() const { return counts_; }
  CallLedger& ledger() const { return ledger_; }

 private:
  struct Question;
  struct Flight;
  struct Run;

  void collect(Run& run);
  bool answered_otherwise(Run& run, std::shared_ptr<Question>& question);
  bool start_next(Run& run);
  void close(Run& run, const Question& question, const ChatOutcome& outcome);
  void land(Run& run, Flight flight, const http::HttpReply& reply);
  bool may_start(http::Milliseconds now) const;
  void learn(const Request& request, const ChatReply& chat);
  http::WhatNext next_of(Flight& flight, const http::HttpReply& reply, const std::optional<http::Trouble>& trouble,
                         CallFailure failure);
  void give_up_if_hopeless(const Flight& flight, const ChatOutcome& outcome, const http::WhatNext& next);
  void keep(const Request& request, const PaidCall& call);
  Money set_aside(const Request& request) const;
  void mark_under_way();

  http::HttpClient& client_;
  CallLedger& ledger_;
  Budget& budget_;
  CallRules rules_;
  http::EndpointWatch watch_;
  CallCounts counts_;
  std::unique_ptr<Run> run_;
  std::size_t failed_in_a_row_ = 0;  // tasks, since the last success
  std::string trouble_;              // the last one that was the endpoint's
  // What replies of this run were billed beyond what a request can be expected to cost.
  bool learnt_ = false;         // any reply
  std::uint64_t most_out_ = 0;  // tokens
  std::uint64_t more_in_ = 0;   // tokens beside the prompt
  std::uint64_t puts_off_ = 0;  // so far
  bool unkept_ = false;  // a call that was paid for could not be kept: the mark stays, and is counted as lost
};

}  // namespace assay::judge
