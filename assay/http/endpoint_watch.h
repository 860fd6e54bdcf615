#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "assay/http/concurrency_limiter.h"
#include "assay/http/http_client.h"
#include "assay/http/trouble.h"

namespace assay::http {

/// How often, and since when, one request was turned away by an endpoint in trouble.
struct TurnedAway {
  std::optional<Milliseconds> since;
  std::size_t times = 0;
};

/// One exchange that failed.
struct FailedExchange {
  std::uint64_t request = 0;  ///< Equal for tries of the same request.
  std::size_t tries = 1;      ///< Of this request so far, at least 1.
  HttpFailure failure = HttpFailure::none;
  std::optional<Trouble> trouble;  ///< Where there is a reply.
  Milliseconds sent{0};
  std::optional<Milliseconds> retry_after;
};

/// What is to be done about it.
struct WhatNext {
  enum class Kind : std::uint8_t {
    lost,      ///< It concerns this request alone, and for good.
    tried,     ///< It was a try of this request: again at `at`, if it has tries left.
    put_off,   ///< The endpoint is in trouble: again at `at`, and it was no try.
    hopeless,  ///< It concerns every request, for good: the key, the quota, the address.
    too_long,  ///< Nothing but trouble for longer than the patience.
  };
  Kind kind = Kind::tried;
  Milliseconds at{0};
};

/// What all requests to one endpoint together tell of it. Trouble that is the endpoint's is waited for, by one
/// request at a time when several in a row met it; what is a request's own costs that request alone. It has no
/// clock; the caller gives the times.
class EndpointWatch {
 public:
  /// Throws InvalidArgument for settings out of range.
  EndpointWatch(const ConcurrencySettings& concurrency, Milliseconds patience);

  /// Whether one more request may be sent now.
  bool may_send(Milliseconds now, std::size_t in_flight) const;
  /// Nothing is to be sent before this.
  Milliseconds resume_at() const;

  /// A reply that tells of no trouble; `good`: and that is what was asked for.
  void heard(Milliseconds now, bool good);
  /// An earlier run had good replies from it.
  void succeeded_before() { succeeded_ = true; }
  WhatNext failed(const FailedExchange& exchange, TurnedAway& request, Milliseconds now);

  bool answered() const { return answered_; }    ///< Any HTTP reply at all.
  bool succeeded() const { return succeeded_; }  ///< Any good one.
  /// Of the trouble under way.
  std::optional<Milliseconds> troubled_since() const { return troubled_since_; }
  /// More than one request in a row met it.
  bool waits() const;
  Milliseconds patience() const { return patience_; }

 private:
  bool is_hopeless(const FailedExchange& exchange);
  bool concerns_all(const FailedExchange& exchange);
  void hold(const FailedExchange& exchange, Milliseconds now, const WhatNext& next);

  ConcurrencyLimiter limiter_;
  Milliseconds patience_;
  bool answered_ = false;
  bool succeeded_ = false;
  std::optional<Milliseconds> troubled_since_;
  std::optional<Milliseconds> heard_at_;
  std::size_t in_a_row_ = 0;                // exchanges in trouble
  std::uint64_t first_in_row_ = 0;          // its request
  bool of_several_ = false;                 // requests
  std::optional<std::uint64_t> forbidden_;  // request that got 403 before anything was answered
  Milliseconds hold_until_{0};
  unsigned holds_ = 0;  // one after the other
};

}  // namespace assay::http
