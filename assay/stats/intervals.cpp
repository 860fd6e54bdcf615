#include "assay/stats/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::stats {

Interval mean_interval(double sum, double squares, std::size_t count, std::size_t population) {
  if (count == 0) return {0, 1};
  const auto drawn = static_cast<double>(count);
  const auto all = static_cast<double>(std::max(population, count));
  const double n = drawn + 4;
  const double mean = (sum + 2) / n;
  const double variance = std::max(0.0, (squares + 2) / n - mean * mean);
  // The part that was not drawn has this mean, known with this error; the part that was is known.
  const double rest = all - drawn;
  const double centre = (sum + rest * mean) / all;
  const double half = kNormal95 * rest / all * std::sqrt(variance / n + (rest > 0 ? variance / rest : 0.0));
  // What was drawn bounds the mean whatever the rest is.
  return {std::max(sum / all, centre - half), std::min((sum + rest) / all, centre + half)};
}

double student95(double degrees) {
  constexpr std::array kFew = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};
  const double n = std::max(1.0, degrees);
  const double last = static_cast<double>(kFew.size());
  if (n < last) {
    // Between whole numbers by the reciprocal, in which it is nearly a line.
    const double whole = std::floor(n);
    const double share = (1 / whole - 1 / n) / (1 / whole - 1 / (whole + 1));
    const auto at = static_cast<std::size_t>(whole) - 1;
    return kFew[at] + share * (kFew[at + 1] - kFew[at]);
  }
  // Cornish and Fisher's expansion.
  const double z = kNormal95;
  return z + (z * z * z + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

}  // namespace assay::stats
