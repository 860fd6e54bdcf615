#pragma once

#include <cstddef>
#include <span>

namespace assay::allocate {

/// Median of the largest of K errors of means. `variances` has `each` values per arm: equally likely variances of
/// its mean, >= 0. Given its variance an error is normal. O(K each).
double likely_worst_error(std::span<const double> variances, std::size_t each = 1);

/// Calls that a uniform allocation needs for the likely worst error `error` > 0. The scores of the arms have these
/// variances, and each arm gets calls / K of the calls. 0 if no arm varies. O(K each).
double uniform_calls(std::span<const double> variances, double error, std::size_t each = 1);

}  // namespace assay::allocate
