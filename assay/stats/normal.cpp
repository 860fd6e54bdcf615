#include "assay/stats/normal.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

namespace assay::stats {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (!(p > 0)) return -std::numeric_limits<double>::infinity();
  if (!(p < 1)) return std::numeric_limits<double>::infinity();
  if (p > 0.5) return -normal_quantile(1 - p);
  // Abramowitz and Stegun 26.2.23, three digits; then Newton's steps on the logarithm, which is nearly a parabola.
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int i = 0; i < 4; ++i) {
    const double cdf = normal_cdf(x);
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    x -= cdf / density * std::log(cdf / p);
  }
  return x;
}

std::vector<double> probability_of_largest(std::span<const double> means, std::span<const double> deviations,
                                           int points) {
  const std::size_t m = means.size();
  std::vector<double> result(m, 0.0);
  if (m == 0) return result;
  // The largest lies above mean - 8 sd of every one, and below the highest mean + 8 sd.
  double low = -std::numeric_limits<double>::infinity();
  double high = low;
  for (std::size_t j = 0; j < m; ++j) {
    low = std::max(low, means[j] - 8 * deviations[j]);
    high = std::max(high, means[j] + 8 * deviations[j]);
  }
  std::vector<double> cdf(m);
  for (int i = 0; i <= points; ++i) {
    const double x = low + (high - low) * i / points;
    double log_product = 0;
    for (std::size_t j = 0; j < m; ++j) {
      cdf[j] = std::max(normal_cdf((x - means[j]) / deviations[j]), std::numeric_limits<double>::min());
      log_product += std::log(cdf[j]);
    }
    const double product = std::exp(log_product);
    for (std::size_t j = 0; j < m; ++j) {
      const double z = (x - means[j]) / deviations[j];
      result[j] += std::exp(-0.5 * z * z) / deviations[j] * product / cdf[j];
    }
  }
  double sum = 0;
  for (const double p : result) sum += p;
  for (double& p : result) p = sum > 0 ? p / sum : 1.0 / static_cast<double>(m);
  return result;
}

}  // namespace assay::stats
