#include "gateway/circuit_breaker.h"

#include <algorithm>
#include <utility>

namespace assay::gateway {
namespace {

constexpr int kLongestPause = 10;  // in pauses
constexpr int kMostDoubled = 4;

}  // namespace

bool CircuitBreaker::allows(Time now) {
  if (!open_) return true;
  if (now < until_) return false;
  trying_ = true;
  until_ = now + std::max(settings_.pause, std::chrono::milliseconds(1));  // the others wait for this one
  return true;
}

void CircuitBreaker::succeeded() {
  failures_ = pauses_ = 0;
  open_ = trying_ = false;
}

void CircuitBreaker::failed(Time now, std::chrono::milliseconds pause) {
  if (settings_.failures == 0) return;
  ++failures_;
  if (pause.count() > 0) return open(now, pause);
  // Those that were sent before it opened tell nothing new.
  if (open_ ? !trying_ : failures_ < settings_.failures) return;
  open(now, settings_.pause * std::min(1 << pauses_, kLongestPause));
  if (pauses_ < kMostDoubled) ++pauses_;
}

void CircuitBreaker::unknown() {
  if (std::exchange(trying_, false)) until_ = {};
}

std::chrono::milliseconds CircuitBreaker::wait(Time now) const {
  if (!open_ || now >= until_) return std::chrono::milliseconds(0);
  return std::chrono::ceil<std::chrono::milliseconds>(until_ - now);
}

void CircuitBreaker::open(Time now, std::chrono::milliseconds pause) {
  open_ = true;
  trying_ = false;
  until_ = now + std::min(pause, settings_.pause * kLongestPause);
}

}  // namespace assay::gateway
