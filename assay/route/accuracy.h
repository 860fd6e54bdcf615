#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/route/benchmark_view.h"

namespace assay::route {

/// Scores and known cells of m models, added up.
class AccuracySum {
 public:
  AccuracySum() = default;
  explicit AccuracySum(std::size_t models) : steps_(models, 0), known_(models, 0) {}

  void add(std::span<const Correctness> row);
  void add(const AccuracySum& other);
  void subtract(const AccuracySum& other);

  /// m: the known cells.
  std::vector<double> known() const { return {known_.begin(), known_.end()}; }
  /// m accuracies, the mean scores of the known cells; `otherwise[model]` where there is none.
  std::vector<double> shares(std::span<const double> otherwise) const;
  /// NaN where there is none.
  std::vector<double> shares() const;
  /// m: the scores added up.
  std::vector<double> scores() const;

 private:
  std::vector<std::size_t> steps_;
  std::vector<std::size_t> known_;
};

/// Of the queries of each of `groups`; group[i] of each query.
std::vector<AccuracySum> accuracy_sums(const BenchmarkView& benchmark, std::span<const std::uint32_t> group,
                                       std::size_t groups);

/// Shrinkage weights of m models' accuracies, in [0, 1], from their numbers of known cells. 1 from a tenth of the
/// cells of the best known model on, in proportion below that.
std::vector<double> shrinkage_weights(std::span<const double> known);

/// m accuracies from the models' scores, added up over their `known` cells; what is hardly known is drawn to the
/// mean of all cells by shrinkage_weights.
std::vector<double> shrunken_accuracies(std::span<const double> scores, std::span<const double> known);

/// What models are worth on average over tasks, each task counting the same: m values, of the accuracies `of_tasks`
/// (T x m, NaN where nothing is known; task `but` is left out). A task that a model was not run on counts as one
/// where it is as much above the other models as elsewhere, so that a model is not worth less for having been run
/// on hard tasks only. What is hardly known is drawn to the mean by shrinkage_weights.
/// @param known  T x m: the cells that an accuracy is the mean of.
std::vector<double> average_over_tasks(std::span<const double> of_tasks, std::span<const double> known,
                                       std::size_t models, std::size_t but = static_cast<std::size_t>(-1));

/// Mean of the values that are not NaN; NaN if there is none.
double mean_of_known(std::span<const double> values);

/// The values less their mean: what is left of accuracies when a task is hard for everybody. NaN stays NaN.
std::vector<double> centred(std::span<const double> values);

}  // namespace assay::route
