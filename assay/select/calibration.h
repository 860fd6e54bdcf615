#pragma once

#include <array>
#include <cstddef>

namespace assay::select {

/// How forecasts of rewards are to be taken, learnt from how earlier ones did. Log odds z become the forecast
///
///   lapse + (1 - 2 lapse) logistic(sharpness * z),
///
/// with the sharpness and the lapse (rewards that nothing could foresee) of a small grid under which the rewards
/// that came were the least surprising, by the sum of logarithms. So misfit of the model is noticed and believed.
class Calibration {
 public:
  Calibration();

  /// A reward in [0, 1] and the log odds that were forecast for it, uncalibrated. O(grid).
  void see(double log_odds, double reward);
  /// Takes up what was seen.
  void choose();

  /// The forecast to take, of these log odds.
  double operator()(double log_odds) const;
  double sharpness() const { return sharpness_; }
  double lapse() const { return lapse_; }

 private:
  static constexpr std::array<double, 6> kSharpness = {0.6, 0.8, 1, 1.25, 1.6, 2};
  static constexpr std::array<double, 5> kLapse = {0.003, 0.01, 0.02, 0.04, 0.08};

  std::array<double, kSharpness.size() * kLapse.size()> scores_{};
  double sharpness_ = 1;
  double lapse_ = 0.02;
};

}  // namespace assay::select
