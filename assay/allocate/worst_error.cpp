#include "assay/allocate/worst_error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace assay::allocate {
namespace {

constexpr int kBisections = 60;

// Logarithm of the probability that none of the errors is above `error`.
double log_none_above(std::span<const double> variances, std::size_t each, double error) {
  double log = 0;
  for (std::size_t arm = 0; arm < variances.size(); arm += each) {
    double above = 0;
    for (const double variance : variances.subspan(arm, each)) {
      if (variance > 0) above += std::erfc(error / std::sqrt(2 * variance));
    }
    log += std::log1p(-std::min(1.0, above / static_cast<double>(each)));
  }
  return log;
}

}  // namespace

double likely_worst_error(std::span<const double> variances, std::size_t each) {
  double largest = 0;
  for (const double variance : variances) largest = std::max(largest, variance);
  if (!(largest > 0)) return 0;
  double low = 0;
  double high = std::sqrt(largest) * (4 + std::sqrt(2 * std::log(static_cast<double>(variances.size()))));
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (log_none_above(variances, each, middle) < -std::numbers::ln2 ? low : high) = middle;
  }
  return high;
}

// All variances of means shrink alike, and the error with their root.
double uniform_calls(std::span<const double> variances, double error, std::size_t each) {
  const double of_one_call = likely_worst_error(variances, each);
  const double calls_each = of_one_call * of_one_call / (error * error);
  return calls_each * static_cast<double>(variances.size() / each);
}

}  // namespace assay::allocate
