#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "assay/route/held_out.h"

namespace assay::route {

/// The stacking weights of new tasks, and the errors that remain with them.
struct TaskStacking {
  StackingWeights fitted;
  std::vector<double> error;  ///< T x m: truth less the estimate by the other tasks' weights; NaN: unknown.
};

/// Tasks from which on leaving out one tells how much better the predictors are, so that weights can be learnt.
inline constexpr std::size_t kFewestTasksToTell = 3;

/// Fits the weights to the predictions of left-out tasks. With few tasks they stay near to what is believed
/// beforehand: S1, the votes as they are, as far as the single queries of left-out tasks show that votes of other
/// tasks say something, else the average over the tasks. Skill and errors come of leaving out a task once more; the
/// skill is that on tasks and that on their single queries together (Stouffer's sum; with two tasks the latter
/// alone, and the weights are what is believed). Where it is too small, models differ by their average over tasks
/// alone. So they do with one task, of which nothing can be learnt; then there are no errors either.
TaskStacking fit_task_stacking(std::span<const HeldOutTask> tasks, std::size_t models);

/// The stacking weights of single queries, and the penalty and number of neighbours with the smallest error.
struct QueryStacking {
  std::size_t penalty = 0;     ///< Index into kPenalties.
  std::size_t neighbours = 0;  ///< Index into kNeighbours.
  StackingWeights fitted;
};

/// Fits them to the predictions of left-out queries.
/// @param neighbours  Index into kNeighbours; empty: the best one of the larger numbers.
QueryStacking fit_query_stacking(const BenchmarkView& benchmark, std::span<const HeldOutQuery> queries,
                                 std::optional<std::size_t> neighbours = {});

/// The estimates of m models by StackingWeights, within [0, 1], are written to `out`. The features are the votes,
/// the ridge and the average over tasks, m each. A single query may be of a task of the benchmark: there the
/// accuracy stands in for the average.
void predict(const StackingWeights& stacking, std::span<const double> accuracy, std::span<const double> votes,
             std::span<const double> ridge, std::span<const double> average, std::span<double> out);

}  // namespace assay::route
