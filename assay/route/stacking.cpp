#include "assay/route/stacking.h"

#include <algorithm>
#include <limits>

#include "assay/stats/cholesky.h"

namespace assay::route {

Stacking::Stacking(std::size_t features)
    : features_(features), gram_(features * features, 0.0), product_(features, 0.0) {}

void Stacking::add(std::span<const double> features, double target) {
  for (std::size_t f = 0; f < features_; ++f) {
    for (std::size_t g = 0; g < features_; ++g) gram_[f * features_ + g] += features[f] * features[g];
    product_[f] += features[f] * target;
  }
  squares_ += target * target;
}

void Stacking::add(const Stacking& other, double sign) {
  for (std::size_t i = 0; i < gram_.size(); ++i) gram_[i] += sign * other.gram_[i];
  for (std::size_t f = 0; f < features_; ++f) product_[f] += sign * other.product_[f];
  squares_ += sign * other.squares_;
}

double Stacking::squared_error(std::span<const double> weights) const {
  double error = squares_;
  for (std::size_t f = 0; f < features_; ++f) {
    error -= 2 * weights[f] * product_[f];
    for (std::size_t g = 0; g < features_; ++g) error += weights[f] * weights[g] * gram_[f * features_ + g];
  }
  return error;
}

std::vector<double> Stacking::weights() const {
  std::vector<double> best(features_, 0.0);
  double least = squared_error(best);
  for (std::size_t set = 1; set < (std::size_t{1} << features_); ++set) {
    std::vector<std::size_t> chosen;
    for (std::size_t f = 0; f < features_; ++f) {
      if ((set >> f & 1U) != 0) chosen.push_back(f);
    }
    std::vector<double> a, b;
    for (const std::size_t f : chosen) {
      for (const std::size_t g : chosen) {
        const double value = gram_[f * features_ + g];
        a.push_back(f == g ? value * (1 + 1e-9) + 1e-12 : value);  // equal features share the weight
      }
      b.push_back(product_[f]);
    }
    stats::solve_cholesky(a, b);
    if (std::any_of(b.begin(), b.end(), [](double w) { return !(w >= 0); })) continue;
    std::vector<double> weights(features_, 0.0);
    for (std::size_t i = 0; i < chosen.size(); ++i) weights[chosen[i]] = b[i];
    const double error = squared_error(weights);
    if (error >= least) continue;
    least = error;
    best = weights;
  }
  return best;
}

}  // namespace assay::route
