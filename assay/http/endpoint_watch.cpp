#include "assay/http/endpoint_watch.h"

#include <algorithm>

namespace assay::http {
namespace {

constexpr std::size_t kSeveral = 3;     // failures in a row that are not one request's own
constexpr std::size_t kOneAtATime = 4;  // troubles in a row after which one request asks for all
constexpr Milliseconds kFirstHold{125};
constexpr Milliseconds kLongestHold{15'000};  // so that the end of the trouble is noticed soon
constexpr std::size_t kTimesAlone = 8;        // turned away, before that can be the request's own fault
constexpr int kTooManyRequests = 429;

}  // namespace

EndpointWatch::EndpointWatch(const ConcurrencySettings& concurrency, Milliseconds patience)
    : limiter_(concurrency), patience_(patience) {}

bool EndpointWatch::waits() const { return in_a_row_ >= kOneAtATime; }

bool EndpointWatch::may_send(Milliseconds now, std::size_t in_flight) const {
  return in_flight < (waits() ? 1 : limiter_.allowed()) && resume_at() <= now;
}

Milliseconds EndpointWatch::resume_at() const { return std::max(limiter_.resume_at(), hold_until_); }

void EndpointWatch::heard(Milliseconds now, bool good) {
  answered_ = true;
  succeeded_ = succeeded_ || good;
  limiter_.succeeded();
  troubled_since_.reset();
  heard_at_ = now;
  in_a_row_ = 0;
  of_several_ = false;
  hold_until_ = Milliseconds(0);
  holds_ = 0;
}

// Of what does not pass.
bool EndpointWatch::is_hopeless(const FailedExchange& exchange) {
  constexpr int kForbidden = 403;  // the key, or what one prompt holds: the next request tells
  const Trouble& trouble = *exchange.trouble;
  if (trouble.about == About::endpoint) return true;
  if (!trouble.at_first || succeeded_) return false;
  if (trouble.status != kForbidden) return true;
  if (!forbidden_) forbidden_ = exchange.request;
  return *forbidden_ != exchange.request;
}

// Of what passes.
bool EndpointWatch::concerns_all(const FailedExchange& exchange) {
  if (in_a_row_ == 0) first_in_row_ = exchange.request;
  ++in_a_row_;
  of_several_ = of_several_ || exchange.request != first_in_row_;
  const bool all_fail = in_a_row_ >= kSeveral && of_several_;
  switch (exchange.failure) {
    case HttpFailure::none: return exchange.trouble->about == About::endpoint || all_fail;
    case HttpFailure::timed_out: return succeeded_ && all_fail;
    default: return answered_;  // nobody there, or gone in the middle: a wrong address at first
  }
}

WhatNext EndpointWatch::failed(const FailedExchange& exchange, TurnedAway& request, Milliseconds now) {
  const std::optional<Trouble>& trouble = exchange.trouble;
  const bool replied = exchange.failure == HttpFailure::none;
  answered_ = answered_ || replied;
  if (replied && !trouble->passes && is_hopeless(exchange)) return {WhatNext::Kind::hopeless, now};
  if (exchange.failure == HttpFailure::too_large || (replied && !trouble->passes)) {
    heard(now, false);
    return {WhatNext::Kind::lost, now};
  }
  const bool all = concerns_all(exchange);
  if (!troubled_since_) troubled_since_ = exchange.sent;
  const std::size_t times = exchange.tries + request.times;
  WhatNext next{all ? WhatNext::Kind::put_off : WhatNext::Kind::tried,
                limiter_.troubled(now, exchange.sent, times, exchange.retry_after)};
  if (!all) return next;
  if (!request.since) request.since = exchange.sent;
  ++request.times;
  const bool own = replied && trouble->about == About::request;  // several in a row, of several requests
  const bool others_answered = heard_at_ && *heard_at_ > *request.since;
  const bool limited = replied && trouble->status == kTooManyRequests;
  if (others_answered && !limited && request.times >= kTimesAlone && now - *request.since > patience_) {
    return {WhatNext::Kind::lost, now};
  }
  if (now - *troubled_since_ > patience_) {
    hold_until_ = Milliseconds(0);
    return {own || exchange.failure == HttpFailure::timed_out ? WhatNext::Kind::lost : WhatNext::Kind::too_long,
            now};
  }
  if (waits()) {
    hold(exchange, now, next);
    next.at = std::min(next.at, hold_until_);  // whoever comes first asks for all
  }
  return next;
}

// Nobody asks before the one who was turned away last would come again, and later each time. Those that were under
// way when the trouble was noticed tell nothing new.
void EndpointWatch::hold(const FailedExchange& exchange, Milliseconds now, const WhatNext& next) {
  constexpr unsigned kMostDoublings = 10;
  if (exchange.sent >= hold_until_) holds_ = std::min(holds_ + 1, kMostDoublings);
  const Milliseconds pause = std::max(next.at - now, kFirstHold * (std::int64_t{1} << holds_));
  hold_until_ = std::max(hold_until_, now + std::min(pause, kLongestHold));
}

}  // namespace assay::http
