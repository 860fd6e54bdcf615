#pragma once

// Learns a router from a benchmark of n queries, m models and T tasks:
//
//   const route::BenchmarkView benchmark{cells, task, same_text, m, T, {vectors, d}};
//   const route::RouterFit fit = route::fit_router(benchmark, threads);
//   const route::SearchIndex index = route::build_index(benchmark.vectors);
//   route::Router router = fit.router(benchmark);
//   if (index.codes) router.codes = index.codes->view();
//   if (index.graph) router.graph = index.graph->view();

#include <cstddef>
#include <vector>

#include "assay/core/progress.h"
#include "assay/route/benchmark_view.h"
#include "assay/route/router.h"

#pragma GCC visibility push(default)

namespace assay::route {

/// What a fit has learnt, owned. The benchmark itself stays where it is.
struct RouterFit {
  std::vector<double> accuracy;
  std::vector<double> task_accuracy;
  std::vector<double> reliability;
  std::vector<double> distance;
  std::vector<double> task_error, task_known;
  RidgeFit task_ridge;
  RidgeFit query_ridge;
  RoutingNumbers numbers;

  /// Borrows the fit and the benchmark.
  Router router(const BenchmarkView& benchmark) const;
};

/// Learns all that routing needs from a benchmark, by leaving out its tasks in turn. The same whatever the number
/// of threads. Throws InvalidArgument if the parts of the benchmark do not fit together, there is no query or no
/// model, or not a single known cell.
RouterFit fit_router(const BenchmarkView& benchmark, std::size_t threads, const Progress& progress = {});

}  // namespace assay::route

#pragma GCC visibility pop
