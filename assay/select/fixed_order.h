#pragma once

#include <memory>
#include <vector>

#include "assay/select/strategy.h"

namespace assay::select {

/// Rows in an order that is known from the start: by falling `scores`, one for each query of `problem.pool`. Equal
/// scores stay in the order of the pool. The posterior is that of BestModelPosterior with its default chances.
std::unique_ptr<Strategy> make_fixed_order(const Problem& problem, std::vector<double> scores);

}  // namespace assay::select
