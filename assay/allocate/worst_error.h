#pragma once

#include <cstddef>
#include <span>

namespace assay {

/// Median of the largest of K distances |N(0, v_i)|: how far off the worst of K means probably is whose errors have
/// the variances v_i >= 0. O(K).
double likely_worst_error(std::span<const double> variances_of_means);

/// Calls that a uniform allocation would need for the same: arms of variances V_i >= 0, each called calls / K
/// times, have the likely worst error `error` > 0. 0 if no arm varies. O(K).
double uniform_calls(std::span<const double> variances, double error);

}  // namespace assay
