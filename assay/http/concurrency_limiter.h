#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "assay/core/rng.h"
#include "assay/http/http_client.h"

namespace assay::http {

struct ConcurrencySettings {
  std::size_t most = 1;               ///< Requests at once, at least 1.
  Milliseconds first_wait{500};       ///< Before the second try; doubled for each further one.
  Milliseconds longest_wait{60'000};  ///< Also where the server asks for more.
  std::uint64_t seed = 0;             ///< Of the jitter.
};

/// How many requests may be under way, and when: more while all goes well, half as many when the server is in
/// trouble (as TCP does it: Jacobson 1988, with a slow start), and none before the time that the server named.
/// Knows no clock: times are given.
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
  /// The server is in trouble (429, 5xx, no connection, no reply): fewer at once, and for a while none at all.
  /// `tries`: of this request so far, at least 1. Returns when to try it again: exponential with full jitter, but
  /// not before what the server asked.
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
