#include "assay/select/calibration.h"

#include <algorithm>
#include <cmath>

namespace assay::select {
namespace {

constexpr double kUsualLapse = 0.02;
// Weight of the guess that forecasts are right as they are, in units of log probability.
constexpr double kSharpnessPrior = 8;
constexpr double kLapsePrior = 2;

double recalibrated(double log_odds, double sharpness, double lapse) {
  return lapse + (1 - 2 * lapse) / (1 + std::exp(-sharpness * log_odds));
}

double square(double x) { return x * x; }

}  // namespace

Calibration::Calibration() {
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    scores_[i] = -kSharpnessPrior * square(std::log(kSharpness[i / kLapse.size()])) -
                 kLapsePrior * square(std::log(kLapse[i % kLapse.size()] / kUsualLapse));
  }
}

void Calibration::see(double log_odds, double reward) {
  for (std::size_t i = 0; i < scores_.size(); ++i) {
    const double p = recalibrated(log_odds, kSharpness[i / kLapse.size()], kLapse[i % kLapse.size()]);
    scores_[i] += reward * std::log(p) + (1 - reward) * std::log(1 - p);
  }
}

void Calibration::choose() {
  const auto best = static_cast<std::size_t>(std::max_element(scores_.begin(), scores_.end()) - scores_.begin());
  sharpness_ = kSharpness[best / kLapse.size()];
  lapse_ = kLapse[best % kLapse.size()];
}

double Calibration::operator()(double log_odds) const { return recalibrated(log_odds, sharpness_, lapse_); }

}  // namespace assay::select
