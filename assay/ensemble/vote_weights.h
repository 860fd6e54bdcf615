#pragma once

#include <vector>

#include "assay/stats/conditional_logit.h"

namespace assay::ensemble {

/// Weights of vote features (vote_features.h) with given proportions: c times `proportions`, c fitted; the last
/// feature has a weight of its own, or none.
std::vector<double> scaled_weights(const stats::Choices& choices, std::vector<double> proportions, bool last);

/// Weights fitted under a weak pull to `target`: what a comparison of members by likelihood needs.
std::vector<double> loose_weights(const stats::Choices& choices, const std::vector<double>& target,
                                  const std::vector<double>& start);

/// Weights w_j ~ N(c naive_j, tau^2), tau read off the queries: see linear_rules.cpp.
std::vector<double> shrunken_weights(const stats::Choices& choices, const std::vector<double>& target);

}  // namespace assay::ensemble
