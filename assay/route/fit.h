#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "assay/core/progress.h"
#include "assay/route/benchmark_view.h"
#include "assay/route/router.h"

// Learns a router from a benchmark. An example of use:
//
//   const RouterFit fit = fit_router(benchmark, threads);
//   const Router router = fit.router(benchmark);  // borrows both

#pragma GCC visibility push(default)

namespace assay::route {

/// What a fit has learnt, owned. The benchmark itself stays where it is.
struct RouterFit {
  std::vector<double> accuracy;
  std::vector<double> task_accuracy;
  std::vector<double> reliability;
  std::vector<double> distance;
  std::vector<double> task_error, task_known;
  std::vector<float> query_effect;  ///< n; empty if no query has both known and unknown cells.
  RidgeFit task_ridge;
  RidgeFit query_ridge;
  RoutingNumbers numbers;

  /// Borrows the fit and the benchmark.
  Router router(const BenchmarkView& benchmark) const;
};

/// Learns all that routing needs from a benchmark, by leaving out its tasks in turn. The number of threads does
/// not change the result. Throws InvalidArgument if the parts of the benchmark do not fit together, or if there is
/// no query, no model or no known cell.
/// @param query_neighbours  Index into kNeighbours for single queries; empty: what predicts left-out ones best.
RouterFit fit_router(const BenchmarkView& benchmark, std::size_t threads, const Progress& progress = {},
                     std::optional<std::size_t> query_neighbours = {});

}  // namespace assay::route

#pragma GCC visibility pop
