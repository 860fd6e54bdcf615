#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/progress.h"
#include "assay/select/strategy.h"

namespace assay::sim {

/// How the parameters of a strategy are searched without any true verdict.
struct GridSearchSetup {
  std::shared_ptr<const select::WeakVerdicts> weak;  ///< Of the n queries.
  std::shared_ptr<const text::SimilarityTable> similarity;
  std::size_t realizations = 60;
  std::size_t pool = 200;   ///< Cut to n.
  std::size_t budget = 60;  ///< Query equivalents, cut to the pool.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// A point of the grid and how well it did.
struct GridPoint {
  ParameterValues parameters;
  double gap = 0;  ///< Mean gap of the returned model over budgets and realizations.
};

/// Replays the strategy at each point of `grid`, the majority of the weak judges standing in for the oracle
/// (arXiv 2510.09418, section 3), and returns the points from the smallest mean gap to the largest. No true verdict
/// is used.
std::vector<GridPoint> grid_search(const GridSearchSetup& setup, const select::StrategyEntry& entry,
                                   std::span<const ParameterValues> grid, const Progress& progress = {});

}  // namespace assay::sim
