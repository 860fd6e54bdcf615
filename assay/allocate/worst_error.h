#pragma once

#include <cstddef>
#include <span>

namespace assay::allocate {

/// Median of the largest of K errors: how far off the worst of K means probably is. `variances` has `each` values
/// per arm, equally likely variances of its mean (>= 0); given its variance an error is normal. O(K each).
double likely_worst_error(std::span<const double> variances, std::size_t each = 1);

/// Calls that a uniform allocation would need for that: arms whose scores have these variances, each called calls /
/// K times, have the likely worst error `error` > 0. 0 if no arm varies. O(K each).
double uniform_calls(std::span<const double> variances, double error, std::size_t each = 1);

}  // namespace assay::allocate
