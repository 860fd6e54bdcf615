#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "assay/core/rng.h"
#include "assay/http/http_client.h"

namespace assay::http {

/// Settings of a ConcurrencyLimiter.
struct ConcurrencySettings {
  std::size_t most = 1;               ///< Requests at once, at least 1.
  Milliseconds first_wait{500};       ///< Before the second try; doubled for each further one.
  Milliseconds longest_wait{60'000};  ///< Also where the server asks for more.
  std::uint64_t seed = 0;             ///< Of the jitter.
};

/// Limits how many requests are under way: one more for each success at first, then one more a round, and half as
/// many when the server is in trouble (as TCP's congestion control: Jacobson 1988). No request is sent before the
/// time that the server named. It has no clock; the caller gives the times.
class ConcurrencyLimiter {
 public:
  /// Throws InvalidArgument for settings out of range.
  explicit ConcurrencyLimiter(const ConcurrencySettings& settings);

  /// Requests that may be under way now, from 1 to `most`.
  std::size_t allowed() const;
  /// No request is to be sent before this.
  Milliseconds resume_at() const { return resume_at_; }

  /// A request that was sent at `sent` went well.
  void succeeded();
  /// The server is in trouble (429, 5xx, no connection, no reply). Halves what is allowed. `tries`: of this request
  /// so far, at least 1. Returns when to try it again: exponential backoff with full jitter, but not before
  /// `retry_after`.
  Milliseconds troubled(Milliseconds now, Milliseconds sent, std::size_t tries,
                        std::optional<Milliseconds> retry_after);

 private:
  ConcurrencySettings settings_;
  Rng rng_;
  double window_;
  bool slow_start_ = true;
  Milliseconds halved_at_{-1};
  Milliseconds resume_at_{0};
};

}  // namespace assay::http
