#pragma once

#include <span>
#include <vector>

namespace assay::stats {

/// Distribution function of the standard normal.
double normal_cdf(double x);
/// Its inverse, for p in (0, 1), to about 14 digits; infinite at 0 and 1.
double normal_quantile(double p);

/// For independent normals with the given means and standard deviations (> 0): the probability of each to be the
/// largest, by the trapezoidal rule on the integral of pdf_j(x) * prod_{i != j} cdf_i(x); sums to one.
/// O(points * m).
std::vector<double> probability_of_largest(std::span<const double> means, std::span<const double> deviations,
                                           int points = 200);

}  // namespace assay::stats
