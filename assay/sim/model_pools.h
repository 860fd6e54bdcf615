#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "assay/core/rng.h"

namespace assay::sim {

/// By which accuracies models of a pool are close to each other.
enum class PoolsBy {
  other_tasks,  ///< What a router knows of them: nothing of the left-out task. Every pool is kept.
  all_tasks,    ///< Those over all tasks, the left-out one too. Pools where little can be gained are dropped.
};

/// Sets of models, indices that ascend.
using ModelPools = std::vector<std::vector<std::size_t>>;

/// The pools for a router that knows these accuracies (m, NaN: unknown) of the models.
using PoolsOfRouter = std::function<ModelPools(std::span<const double> accuracy)>;

/// Random pools of models of about the same accuracy: each of all sets of `size` models whose accuracies lie within
/// `spread` of each other is equally likely, and a set may come again. Models ascend within a pool. A model of
/// unknown accuracy (NaN) is in no pool. None if there is no such set. Throws InvalidArgument if size is 0.
ModelPools draw_pools(std::span<const double> accuracy, std::size_t pools, std::size_t size, double spread,
                      Rng& rng);

}  // namespace assay::sim
