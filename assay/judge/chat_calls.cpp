#include "assay/judge/chat_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <unordered_map>
#include <vector>

#include "assay/core/hash.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/http/api_complaint.h"
#include "assay/http/redaction.h"
#include "assay/judge/chat_lanes.h"
#include "assay/judge/chat_protocol.h"
#include "assay/judge/exchange.h"
#include "assay/judge/verdict_reader.h"

namespace assay::judge {
namespace {

constexpr std::size_t kHopeless = 20;  // tasks that failed in a row

constexpr std::uint64_t kMargin = 2;  // thoughts vary: what is set aside is so many times the most that was billed

}  // namespace

// A request that has no end yet, and the tasks that ask just the same: it is sent, and paid for, once.
struct ChatCalls::Question {
  Request request;
  std::uint64_t hash = 0;
  std::size_t task = 0;
  std::vector<std::pair<std::size_t, Request>> also;
};

// A question under way, or waiting to be tried again.
struct ChatCalls::Flight {
  std::shared_ptr<Question> question;
  std::size_t tries = 0;  // so far, this one included
  http::TurnedAway turned_away;
  http::Milliseconds sent{0};
  Money reserved;
};

struct ChatCalls::Run {
  struct Later {
    http::Milliseconds at;
    std::uint64_t order;  // of equal times the first
    std::size_t slot;
    bool operator>(const Later& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  explicit Run(const Tasks& all) : tasks(all) {}

  const Tasks& tasks;
  std::size_t next = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Question>> open;  // by hash
  std::unordered_map<std::uint64_t, Flight> flying;
  std::vector<Flight> waiting;  // by slot
  std::vector<std::size_t> free_slots;
  std::priority_queue<Later, std::vector<Later>, std::greater<>> later;
  bool stopped = false;
  bool short_of_money = false;  // the next request waits for what is set aside for others

  bool over() const { return next == tasks.count && flying.empty() && later.empty(); }

  void put_off(Flight flight, http::Milliseconds at, std::uint64_t order) {
    if (free_slots.empty()) {
      free_slots.push_back(waiting.size());
      waiting.emplace_back();
    }
    const std::size_t slot = free_slots.back();
    free_slots.pop_back();
    waiting[slot] = std::move(flight);
    later.push({at, order, slot});
  }

  Flight take_later() {
    const std::size_t slot = later.top().slot;
    later.pop();
    free_slots.push_back(slot);
    return std::move(waiting[slot]);
  }
};

ChatCalls::ChatCalls(http::HttpClient& client, CallLedger& ledger, Budget& budget, CallRules rules)
    : client_(client),
      ledger_(ledger),
      budget_(budget),
      rules_(std::move(rules)),
      watch_(rules_.concurrency, rules_.patience) {
  if (rules_.tries < 1) throw InvalidArgument("a request needs at least 1 try, came 0");
  if (budget_.most() && !rules_.price) {
    throw InvalidArgument("a limit of cost needs the price of model " + quoted(rules_.model) +
                          ", and none was given");
  }
}

ChatCalls::~ChatCalls() {
  if (budget_.marked() == Money{} || unkept_) return;
  try {
    ledger_.under_way({});
    budget_.mark({});
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): counted as lost, then, which is what a limit needs
  }
}

// Raised seldom, and lowered only where it and what is spent would be more than the limit: a write for each call
// would cost more than the call.
void ChatCalls::mark_under_way() {
  Money mark = budget_.marked();
  if (budget_.reserved() > mark) mark = {budget_.reserved().micros + budget_.reserved().micros / 4};
  if (budget_.most()) mark = std::min(mark, *budget_.most() - budget_.spent());
  if (mark == budget_.marked()) return;
  ledger_.under_way(mark);
  budget_.mark(mark);
}

std::optional<std::string> ChatCalls::kept(const std::string& body, std::uint32_t repeat) const {
  const auto call = ledger_.find({rules_.url, rules_.model, body, repeat});
  return call ? std::optional(call->content) : std::nullopt;
}

void ChatCalls::keep(const Request& request, const PaidCall& call) {
  try {
    ledger_.keep({rules_.url, rules_.model, request.body, request.repeat}, call);
  } catch (...) {
    unkept_ = true;
    throw;
  }
}

// Thoughts may be billed beside the reply, and beyond its limit. Where there is a limit of cost, the first call is
// alone and room for as many thoughts is left; from then on what was billed tells.
Money ChatCalls::set_aside(const Request& request) const {
  if (!rules_.price) return {};
  std::uint64_t out = rules_.max_tokens;
  if (most_out_ > out) out = kMargin * most_out_;
  if (!learnt_ && budget_.most()) out = kMargin * rules_.max_tokens;
  return most_cost(*rules_.price, most_tokens(request.prompt_bytes) + more_in_, out);
}

void ChatCalls::learn(const Request& request, const ChatReply& chat) {
  learnt_ = true;
  most_out_ = std::max(most_out_, chat.tokens_out.value_or(0));
  const std::uint64_t expected = most_tokens(request.prompt_bytes);
  if (const std::uint64_t in = chat.tokens_in.value_or(0); in > expected)
    more_in_ = std::max(more_in_, in - expected);
}

bool ChatCalls::may_start(http::Milliseconds now) const {
  if (!learnt_ && budget_.most() && under_way() > 0) return false;
  return watch_.may_send(now, under_way());
}

bool ChatCalls::in_trouble() const { return !trouble_.empty() && watch_.waits() && watch_.troubled_since(); }

bool ChatCalls::stalled() const { return under_way() == 0 && in_trouble() && watch_.resume_at() > client_.now(); }

void ChatCalls::tell_trouble() const {
  if (!troubled || !in_trouble()) return;
  const auto seconds = (client_.now() - *watch_.troubled_since()).count() / 1000;
  troubled(fmt::format("waiting for {} ({} s): {}", escaped(rules_.url), seconds, trouble_));
}

// Nothing is sent, so that nothing is under way.
void ChatCalls::collect(Run& run) {
  for (; run.next < run.tasks.count; ++run.next) {
    std::shared_ptr<Question> question;
    if (answered_otherwise(run, question)) continue;
    const Request& request = question->request;
    if (const auto why = rules_.batch->given_up(request.body, request.repeat)) {
      ++counts_.failed;
      run.tasks.done(question->task, {CallFailure::rejected, 0, *why});
      continue;
    }
    const Money at_most = set_aside(request);
    if (!budget_.reserve(at_most)) break;
    run.open[question->hash] = question;
    rules_.batch->add(request.body, request.repeat, at_most);
  }
  if (!rules_.batch->empty()) throw http::BatchAwaited(rules_.batch->finish());
  if (run.next < run.tasks.count) {
    throw BudgetEnded(fmt::format("{} of {} are spent, too much for another request", dollars_text(budget_.spent()),
                                  dollars_text(*budget_.most())));
  }
}

void ChatCalls::begin(const Tasks& tasks) { run_ = std::make_unique<Run>(tasks); }

bool ChatCalls::over() const { return run_->over(); }

void ChatCalls::send() {
  while (!run_->stopped && start_next(*run_)) {
  }
}

http::Milliseconds ChatCalls::rest() const {
  constexpr http::Milliseconds kLong{250};
  const http::Milliseconds now = client_.now();
  const http::Milliseconds resume = std::max(now, watch_.resume_at());
  if (run_->stopped || !may_start(resume) || run_->short_of_money) return kLong;
  // What holds the next request back is its time alone.
  if (resume > now) return std::min(kLong, resume - now);
  if (run_->later.empty()) return kLong;
  return std::min(kLong, std::max(http::Milliseconds(0), run_->later.top().at - now));
}

std::size_t ChatCalls::under_way() const { return run_ ? run_->flying.size() : 0; }

void ChatCalls::stop() { run_->stopped = true; }

bool ChatCalls::has(std::uint64_t id) const { return run_ && run_->flying.contains(id); }

void ChatCalls::take(std::uint64_t id, http::HttpReply reply) {
  const auto found = run_->flying.find(id);
  Flight flight = std::move(found->second);
  run_->flying.erase(found);
  land(*run_, std::move(flight), http::redacted(std::move(reply), rules_.post));
}

void ChatCalls::run(const Tasks& tasks) {
  if (rules_.batch != nullptr) {
    Run run(tasks);
    return collect(run);
  }
  ChatLane lane{this, &tasks, {}};
  run_together(client_, {&lane, 1}, tick);
  if (!lane.ended.empty()) throw EndpointEnded(lane.ended);
}

// Answered by the ledger, or by a request that is under way; else empty, and the question is `question`.
bool ChatCalls::answered_otherwise(Run& run, std::shared_ptr<Question>& question) {
  const std::size_t task = run.next;
  Request request = run.tasks.request(task);
  if (const auto kept = ledger_.find({rules_.url, rules_.model, request.body, request.repeat})) {
    ++counts_.from_study;
    const bool readable = run.tasks.readable(task, request, kept->content);
    if (readable) watch_.succeeded_before();
    ChatOutcome outcome{readable ? CallFailure::none : CallFailure::unreadable, 0, kept->content, true};
    outcome.tokens_in = kept->tokens_in;
    outcome.tokens_out = kept->tokens_out;
    outcome.cost = kept->cost;
    run.tasks.done(task, outcome);
    return true;
  }
  const std::uint64_t hash = mix64(fnv1a(request.body) + request.repeat * kGoldenGamma);
  const auto same = run.open.find(hash);
  if (same != run.open.end() && same->second->request.body == request.body &&
      same->second->request.repeat == request.repeat) {
    same->second->also.emplace_back(task, std::move(request));
    return true;
  }
  question = std::make_shared<Question>(Question{std::move(request), hash, task, {}});
  return false;
}

// False: none can be started now.
bool ChatCalls::start_next(Run& run) {
  const http::Milliseconds now = client_.now();
  const bool due = !run.later.empty() && run.later.top().at <= now;
  if (!due && run.next == run.tasks.count) return false;
  if (!may_start(now)) return false;
  Flight flight;
  if (due) {
    flight = run.take_later();
  } else if (answered_otherwise(run, flight.question)) {
    ++run.next;
    return true;
  }
  const Request& request = flight.question->request;
  flight.reserved = set_aside(request);
  if (!budget_.reserve(flight.reserved)) {
    const Money wanted = flight.reserved;
    if (due) run.put_off(std::move(flight), now, puts_off_++);
    run.short_of_money = client_.in_flight() > 0;
    if (run.short_of_money) return false;  // what is set aside for these may come back
    const Money lost = ledger_.lost_to_kills();
    throw BudgetEnded(fmt::format(
        "the next call may cost {}, more than is left of {}{}", dollars_text(wanted), dollars_text(*budget_.most()),
        lost > Money{}
            ? "; at most " + dollars_text(lost) + " of it went into calls under way when a run was killed"
            : ""));
  }
  run.short_of_money = false;
  mark_under_way();
  if (!due) {
    ++run.next;
    run.open[flight.question->hash] = flight.question;
  }
  ++flight.tries;
  flight.sent = now;
  http::HttpRequest post = rules_.post;
  post.body = request.body;
  run.flying.emplace(client_.send(std::move(post)), std::move(flight));
  counts_.most_in_flight = std::max(counts_.most_in_flight, run.flying.size());
  return true;
}

// Tells all tasks that asked this.
void ChatCalls::close(Run& run, const Question& question, const ChatOutcome& outcome) {
  const auto open = run.open.find(question.hash);
  const std::shared_ptr<Question> kept = open != run.open.end() ? open->second : nullptr;
  if (kept.get() == &question) run.open.erase(open);
  run.tasks.done(question.task, outcome);
  for (const auto& [task, request] : question.also) {
    ++counts_.from_study;
    // Whatever each of them makes of the same words.
    const bool readable =
        outcome.failure != CallFailure::none || run.tasks.readable(task, request, outcome.content);
    run.tasks.done(task,
                   readable ? outcome : ChatOutcome{CallFailure::unreadable, outcome.status, outcome.content});
  }
}

// Kept before anything else is done with it.
void ChatCalls::land(Run& run, Flight flight, const http::HttpReply& reply) {
  const std::shared_ptr<Question> question = flight.question;
  Exchange exchange = read_exchange(reply);
  ChatReply& chat = exchange.chat;
  const std::optional<http::Trouble>& trouble = exchange.trouble;
  chat.content = http::redacted(std::move(chat.content), rules_.post);  // of a stream it comes in pieces
  const bool truncated = chat.failure == CallFailure::truncated && rules_.takes_truncated && !chat.content.empty();
  if (truncated) chat.failure = CallFailure::none;
  if (chat.failure == CallFailure::none && !run.tasks.readable(question->task, question->request, chat.content)) {
    chat.failure = CallFailure::unreadable;
    chat.detail = describe_unreadable(chat.content, question->request.reply, question->request.marker);
  }
  exchange.bill(rules_.price, {question->request.prompt_bytes, rules_.max_tokens}, flight.reserved);
  const PaidCall& call = exchange.call;
  if (exchange.replied || exchange.told) {
    learn(question->request, chat);
    counts_.cost += call.cost.value_or(Money{});
    if (run.tasks.billed) run.tasks.billed(question->task, call.cost.value_or(Money{}));
  } else {
    counts_.unanswered += call.cost.value_or(Money{});
  }
  keep(question->request, call);
  budget_.settle(flight.reserved, call.cost.value_or(Money{}));
  mark_under_way();
  ++counts_.sent[call.failure];
  counts_.tokens_in += chat.tokens_in.value_or(0);
  counts_.tokens_out += chat.tokens_out.value_or(0);

  const http::Milliseconds now = client_.now();
  ChatOutcome outcome{chat.failure, trouble ? trouble->status : reply.status,
                      std::move(chat.failure == CallFailure::none ? chat.content : chat.detail)};
  outcome.truncated = truncated;
  outcome.tokens_in = chat.tokens_in;
  outcome.tokens_out = chat.tokens_out;
  outcome.cost = call.cost;
  outcome.took = now - flight.sent;
  if (chat.failure == CallFailure::none) {
    watch_.heard(now, true);
    failed_in_a_row_ = 0;
    close(run, *question, outcome);
    return;
  }
  outcome.of_content = trouble && trouble->of_content;
  const http::WhatNext next = next_of(flight, reply, trouble, chat.failure);
  if (run.stopped) return;
  using Kind = http::WhatNext::Kind;
  if (next.kind == Kind::put_off) {
    --flight.tries;
    trouble_ = outcome.content;
  }
  give_up_if_hopeless(flight, outcome, next);
  if (next.kind == Kind::put_off || (next.kind == Kind::tried && flight.tries < rules_.tries)) {
    run.put_off(std::move(flight), next.at, puts_off_++);
    return;
  }
  ++counts_.failed;
  ++failed_in_a_row_;
  close(run, *question, outcome);
}

http::WhatNext ChatCalls::next_of(Flight& flight, const http::HttpReply& reply,
                                  const std::optional<http::Trouble>& trouble, CallFailure failure) {
  using Kind = http::WhatNext::Kind;
  const http::Milliseconds now = client_.now();
  if (reply.failure == http::HttpFailure::none && !trouble && !entry(failure).waits) {
    watch_.heard(now, false);
    return {entry(failure).again ? Kind::tried : Kind::lost, now};
  }
  http::FailedExchange exchange{flight.question->hash, flight.tries,     reply.failure, trouble,
                                flight.sent,           reply.retry_after};
  // A streamed reply that ended too soon.
  if (reply.failure == http::HttpFailure::none && !trouble) exchange.failure = http::HttpFailure::broken_off;
  return watch_.failed(exchange, flight.turned_away, now);
}

void ChatCalls::give_up_if_hopeless(const Flight& flight, const ChatOutcome& outcome, const http::WhatNext& next) {
  using Kind = http::WhatNext::Kind;
  if (next.kind == Kind::put_off) return;
  const bool last_try = next.kind != Kind::tried || flight.tries >= rules_.tries;
  const std::string where = escaped(rules_.url) + ": ";
  if (next.kind == Kind::hopeless) {
    throw EndpointEnded(where + outcome.content + http::likely_reason(outcome.status, rules_.url, rules_.post));
  }
  if (outcome.failure == CallFailure::unreachable && !watch_.answered() && last_try)
    throw EndpointEnded(where + outcome.content);
  if (next.kind == Kind::too_long) {
    throw EndpointEnded(fmt::format("{}nothing but trouble for {} seconds, lastly: {}", where,
                                    rules_.patience.count() / 1000, outcome.content));
  }
  const bool of_endpoint = entry(outcome.failure).waits || outcome.failure == CallFailure::not_chat ||
                           outcome.failure == CallFailure::rejected || outcome.failure == CallFailure::too_large;
  const std::size_t most = watch_.succeeded() ? kHopeless + rules_.concurrency.most : kHopeless;
  if (last_try && failed_in_a_row_ + 1 >= most && (!watch_.succeeded() || of_endpoint)) {
    throw EndpointEnded(
        fmt::format("{}{} calls in a row failed, lastly: {}", where, failed_in_a_row_ + 1, outcome.content));
  }
}

void ChatCalls::abandon() {
  for (const auto& [id, flight] : run_->flying) {
    client_.cancel(id);
    PaidCall call;
    call.failure = static_cast<std::uint8_t>(CallFailure::broken_off);
    call.content = "the run ended before the reply was there";
    call.certain = false;
    if (rules_.price) call.cost = flight.reserved;
    budget_.settle(flight.reserved, flight.reserved);
    counts_.unanswered += flight.reserved;
    ++counts_.sent[call.failure];
    try {
      keep(flight.question->request, call);
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the first exception is the one to be told
    }
  }
  run_->flying.clear();
}

}  // namespace assay::judge
