#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/route/benchmark_view.h"

// Predicts which models are right on a query by a ridge regression on its vector. An example of use:
//
//   const RidgeSums sums = ridge_sums(benchmark, queries, threads);
//   const std::vector<double> penalties = {1, 10};
//   const RidgeFit fit = mean_fit(fit_ridge(sums, penalties));
//   std::vector<double> predictions(benchmark.models);
//   fit.view().predict(vector, predictions);

#pragma GCC visibility push(default)

namespace assay::route {

/// Sums over one group of queries that a ridge regression of correctness on the vectors needs. They add up: the
/// sums of all groups but one are those of all groups less those of the one.
struct RidgeSums {
  double queries = 0;
  std::vector<double> vector_sum;  ///< d.
  std::vector<double> gram;        ///< d x d: sum of x x'.
  std::vector<double> right_sum;   ///< m, over known cells.
  std::vector<double> known;       ///< m.
  std::vector<double> effect_sum;  ///< m: of the queries' effects, over unknown cells.
  std::vector<double> product;     ///< d x m: sum of x right over known cells, of x effect over unknown ones.
  std::vector<double> known_sum;   ///< d x m: sum of x over known cells.

  void add(const RidgeSums& other, double sign = 1);
};

/// Of these queries. O(k d (d + m)) for k of them.
RidgeSums ridge_sums(const BenchmarkView& benchmark, std::span<const std::size_t> queries, std::size_t threads);

/// One for each of `groups`; group[i] of each query. O(n d (d + m)).
std::vector<RidgeSums> ridge_sums(const BenchmarkView& benchmark, std::span<const std::uint32_t> group,
                                  std::size_t groups, std::size_t threads);

/// Linear predictions of m models' correctness from a vector x, in somebody's memory: accuracy + (x - mean)
/// weights.
struct LinearView {
  std::span<const double> accuracy;  ///< m.
  std::span<const double> mean;      ///< d.
  std::span<const double> weights;   ///< d x m.

  /// Writes m predictions, which may lie outside [0, 1]. For a vector of zeros, which says nothing, they are the
  /// accuracies. O(d m).
  void predict(std::span<const float> vector, std::span<double> out) const;
  void predict(std::span<const double> vector, std::span<double> out) const;
};

/// The same, owned.
struct RidgeFit {
  std::vector<double> accuracy;  ///< m: the share of right answers, of a hardly known model drawn to all others'.
  std::vector<double> mean;      ///< d.
  std::vector<double> weights;   ///< d x m.

  LinearView view() const { return {accuracy, mean, weights}; }
};

/// Minimises the squared error of (right - accuracy) plus penalty |weights|^2, for each penalty. A cell that is
/// not known counts as the effect of its query: as much above the accuracy as any model. So what sets a model apart
/// is shrunk more if it is hardly known. O(d^3 + d^2 m) for each penalty. The penalties must be positive.
std::vector<RidgeFit> fit_ridge(const RidgeSums& sums, std::span<const double> penalties);
/// The same about accuracies (m) that are known better than by the sums.
std::vector<RidgeFit> fit_ridge(const RidgeSums& sums, std::span<const double> penalties,
                                std::span<const double> accuracy);

/// The fit whose predictions are the means of those of `fits`, which must be of the same sums.
RidgeFit mean_fit(std::span<const RidgeFit> fits);

}  // namespace assay::route

#pragma GCC visibility pop
