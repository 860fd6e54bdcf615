#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "assay/core/progress.h"
#include "assay/route/benchmark_view.h"
#include "assay/route/router.h"

namespace assay::route {

/// Penalties of the ridge. There are thousands of single queries to choose one by. There are few tasks, so theirs
/// is the mean of the first three predictions.
inline constexpr std::array<double, 4> kPenalties = {10, 30, 100, 300};
inline constexpr std::size_t kTaskPenalties = 3;

/// Predictions for a task of the benchmark without it, and the truth: what parameters are learnt from.
/// K = kNeighbours.size().
struct HeldOutTask {
  std::vector<double> truth;     ///< m: accuracy on the task; NaN where no cell is known.
  std::vector<double> known;     ///< m: cells of the task that are known.
  std::vector<double> accuracy;  ///< m: on the other tasks.
  std::vector<double> average;   ///< m: that averaged over these, each counting the same.
  std::vector<double> s1;        ///< K x m.
  std::vector<double> s2;        ///< K x m.
  std::vector<double> right;     ///< K x m: p(d, m), how often the binarised predictor is right; NaN: unknown.
  std::vector<double> distance;  ///< K: u(d), mean distance to the k nearest queries of other tasks.
  std::vector<double> ridge;     ///< m.
  /// Of each probe: what the votes say of the models beyond what they say on average over the task, times what came
  /// true of it, a mean over the models that are known. Above 0 on average if the votes of other tasks tell which
  /// queries suit which model.
  std::vector<double> agreement;
};

/// Predictions for a query from the others of the benchmark, its own task's among them.
struct HeldOutQuery {
  std::size_t query = 0;         ///< Index into the benchmark.
  std::vector<double> accuracy;  ///< m: on the queries of other folds.
  std::vector<double> votes;     ///< K x m, by cautious_vote.
  std::vector<double> ridge;     ///< kPenalties x m.
};

struct HeldOut {
  std::vector<HeldOutTask> tasks;  ///< T.
  std::vector<HeldOutQuery> queries;
};

/// Leaves out each task in turn, and for queries each fold of five; queries of equal text are never on both sides:
/// those of other tasks go with them.
/// Neighbours are those of at most 4096 queries in regular distance, the accuracies and ridges of all.
/// O(4096 n d + n d^2 + T d^3).
HeldOut leave_out(const BenchmarkView& benchmark, std::size_t threads, const Progress& progress = {});

/// The same for queries alone, without tasks: those of which more than one model is known, as nothing else tells
/// models apart. None if there are fewer than `fewest`, which must be above 0. O(4096 n d + n d^2 + d^3).
std::vector<HeldOutQuery> leave_out_queries(const BenchmarkView& benchmark, std::size_t fewest,
                                            std::size_t threads);

}  // namespace assay::route
