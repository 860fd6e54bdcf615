#pragma once

#include <span>

namespace assay::stats {

/// Turns log weights into probabilities in place: exp(x - max) / sum. Weights of -infinity become 0. At least one
/// weight must be finite.
void normalize_log(std::span<double> log_weights);

/// -sum p log p in nats; 0 log 0 = 0.
double entropy(std::span<const double> probabilities);

}  // namespace assay::stats
