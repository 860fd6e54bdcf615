#include "assay/http/concurrency_limiter.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/error.h"

namespace assay::http {
namespace {

// The first requests look up the name and show whether the endpoint works at all.
constexpr double kFirstWindow = 4;
constexpr std::size_t kMost = 100'000;
constexpr std::uint64_t kJitterStream = 0x6A6974746572;

}  // namespace

ConcurrencyLimiter::ConcurrencyLimiter(const ConcurrencySettings& settings)
    : settings_(settings),
      rng_(settings.seed, kJitterStream),
      window_(std::min(kFirstWindow, static_cast<double>(settings.most))) {
  if (settings.most < 1 || settings.most > kMost) {
    throw InvalidArgument(fmt::format("requests at once must be 1 to {}, came {}", kMost, settings.most));
  }
}

std::size_t ConcurrencyLimiter::allowed() const { return static_cast<std::size_t>(window_); }

void ConcurrencyLimiter::succeeded() {
  window_ = std::min(static_cast<double>(settings_.most), window_ + (slow_start_ ? 1.0 : 1.0 / window_));
}

Milliseconds ConcurrencyLimiter::troubled(Milliseconds now, Milliseconds sent, std::size_t tries,
                                          std::optional<Milliseconds> retry_after) {
  // Requests that were under way at the last halving tell of the same trouble.
  if (sent > halved_at_) {
    window_ = std::max(1.0, window_ / 2);
    slow_start_ = false;
    halved_at_ = now;
  }
  const auto doublings = static_cast<unsigned>(std::min<std::size_t>(tries - 1, 20));
  const Milliseconds bound =
      std::min(settings_.longest_wait, settings_.first_wait * (std::int64_t{1} << doublings));
  const auto jitter = Milliseconds(rng_.below(static_cast<std::uint64_t>(bound.count()) + 1));
  if (!retry_after) return now + jitter;
  const Milliseconds asked = std::min(settings_.longest_wait, *retry_after);
  resume_at_ = std::max(resume_at_, now + asked);
  return now + asked + std::min(jitter, asked);  // not all of them in the same instant
}

}  // namespace assay::http
