#pragma once

#include <chrono>
#include <cstddef>

#include "gateway/configuration.h"

namespace assay::gateway {

/// Keeps a model that fails again and again from being asked for a while; then one request tries it. Each failed
/// try doubles the pause, up to ten times the first. Knows no clock: times are told.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit CircuitBreaker(Breaker settings) : settings_(settings) {}

  /// Other settings, from the next failure on.
  void set(Breaker settings) { settings_ = settings; }
  /// Whether the model may be asked now. If it says so while the pause is over, that is the one request that tries,
  /// and has to be followed by `succeeded`, `failed` or `unknown`; one that was not is given up after a pause.
  bool allows(Time now);
  void succeeded();
  /// `pause`: how long the model itself wants to be left alone, which then happens at once, for ten pauses at most.
  void failed(Time now, std::chrono::milliseconds pause = std::chrono::milliseconds(0));
  /// The request ended without telling anything of the model: its client left.
  void unknown();
  bool open() const { return open_; }
  /// Until the next try; 0 if it may be asked.
  std::chrono::milliseconds wait(Time now) const;

 private:
  void open(Time now, std::chrono::milliseconds pause);

  Breaker settings_;
  std::size_t failures_ = 0;  // in a row
  int pauses_ = 0;            // likewise
  bool open_ = false;
  bool trying_ = false;  // one request finds out
  Time until_ = {};
};

}  // namespace assay::gateway
