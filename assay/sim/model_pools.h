#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/rng.h"

namespace assay::sim {

/// Random pools of models of about the same accuracy: each of all sets of `size` models whose accuracies lie within
/// `spread` of each other is equally likely, and a set may come again. Models ascend within a pool. A model of
/// unknown accuracy (NaN) is in no pool. Throws InvalidArgument if there is no such set or size is 0.
std::vector<std::vector<std::size_t>> draw_pools(std::span<const double> accuracy, std::size_t pools,
                                                 std::size_t size, double spread, Rng& rng);

}  // namespace assay::sim
