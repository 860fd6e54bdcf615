#pragma once

#include <span>

#include "assay/route/held_out.h"

namespace assay::route {

/// From what would have been said of left-out tasks: how far votes and ridge are to be believed. Skill and errors
/// by leaving out a task once more. Where the skill is too small, and with fewer than three tasks, of which nothing
/// can be learnt, models are told apart by their average over tasks alone; of fewer than three there are no errors.
struct TaskBelief {
  Belief belief;
  std::vector<double> error;  ///< T x m: truth less what the belief of the other tasks tells; NaN: unknown.
};
TaskBelief believe_tasks(std::span<const HeldOutTask> tasks, std::size_t models);

/// The same for single queries, and which penalty and number of neighbours told them best.
struct QueryBelief {
  std::size_t penalty = 0;     ///< Index into kPenalties.
  std::size_t neighbours = 0;  ///< Index into kNeighbours.
  Belief belief;
};
QueryBelief believe_queries(const BenchmarkView& benchmark, std::span<const HeldOutQuery> queries);

/// What is told of m models, see Belief, by what the votes, the ridge and the average over tasks say (m each; of a
/// single query, which may be of a task of the benchmark, the accuracy stands in for the average). Written to
/// `out`, within [0, 1].
void tell(const Belief& belief, std::span<const double> accuracy, std::span<const double> votes,
          std::span<const double> ridge, std::span<const double> average, std::span<double> out);

}  // namespace assay::route
