#include "assay/route/reliability.h"

#include <algorithm>
#include <cmath>

namespace assay::route {

std::vector<double> s3_of(std::span<const double> s2, std::span<const double> p) {
  std::vector<double> s3(s2.size());
  for (std::size_t j = 0; j < s2.size(); ++j) s3[j] = s2[j] * p[j] + (1 - s2[j]) * (1 - p[j]);
  return s3;
}

std::vector<double> smoothed_reliability(std::span<const double> distance, std::span<const double> right,
                                         std::size_t models, double u, double bandwidth, std::size_t left_out) {
  // The nearest task counts 1, so that a distant u leaves weights to divide by.
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t t = 0; t < distance.size(); ++t) {
    if (t != left_out) nearest = std::min(nearest, std::abs(distance[t] - u));
  }
  std::vector<double> sums(models, 0.0), weights(models, 0.0);
  for (std::size_t t = 0; t < distance.size(); ++t) {
    if (t == left_out) continue;
    const double apart = std::abs(distance[t] - u);
    const double weight = std::exp((nearest * nearest - apart * apart) / (2 * bandwidth * bandwidth));
    for (std::size_t j = 0; j < models; ++j) {
      const double value = right[t * models + j];
      if (std::isnan(value)) continue;
      sums[j] += weight * value;
      weights[j] += weight;
    }
  }
  for (std::size_t j = 0; j < models; ++j) {
    sums[j] = weights[j] > 0 ? sums[j] / weights[j] : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

}  // namespace assay::route
