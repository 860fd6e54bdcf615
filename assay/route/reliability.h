#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace assay::route {

/// S3 = S2 p + (1 - S2)(1 - p) for each model (arXiv 2309.15789).
std::vector<double> s3_of(std::span<const double> s2, std::span<const double> p);

/// p(d', m) of a new task from those of the benchmark's T tasks: their mean, weighted by a Gaussian kernel of the
/// difference of the descriptors u. Unknown values (NaN) are left out; NaN where all are.
/// @param distance  T: u(d).  @param right  T x m: p(d, m).
/// @param left_out  A task that does not count, if any.
std::vector<double> smoothed_reliability(std::span<const double> distance, std::span<const double> right,
                                         std::size_t models, double u, double bandwidth,
                                         std::size_t left_out = std::numeric_limits<std::size_t>::max());

}  // namespace assay::route
