#include "assay/allocate/worst_error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay {
namespace {

constexpr int kBisections = 60;

// Logarithm of the probability that none of the distances is above `error`.
double log_none_above(std::span<const double> variances_of_means, double error) {
  double log = 0;
  for (const double variance : variances_of_means) {
    if (variance > 0) log += std::log1p(-std::erfc(error / std::sqrt(2 * variance)));
  }
  return log;
}

}  // namespace

double likely_worst_error(std::span<const double> variances_of_means) {
  double largest = 0;
  for (const double variance : variances_of_means) largest = std::max(largest, variance);
  if (!(largest > 0)) return 0;
  double low = 0;
  double high = std::sqrt(largest) * (4 + std::sqrt(2 * std::log(static_cast<double>(variances_of_means.size()))));
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (log_none_above(variances_of_means, middle) < -std::numbers::ln2 ? low : high) = middle;
  }
  return high;
}

// All variances of means shrink alike, and the error with their root.
double uniform_calls(std::span<const double> variances, double error) {
  const double of_one_call = likely_worst_error(variances);
  const double calls_each = of_one_call * of_one_call / (error * error);
  return calls_each * static_cast<double>(variances.size());
}

}  // namespace assay
