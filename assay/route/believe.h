#pragma once

#include <span>

#include "assay/route/held_out.h"

namespace assay {

/// From what would have been said of left-out tasks: which penalty of the ridge to take (an index into kPenalties),
/// and how far the predictors are to be believed; both by leaving out a task again. With fewer than three tasks
/// nothing can be learnt: the belief is 0.
struct TaskBelief {
  std::size_t penalty = 0;
  Belief<kTaskFeatures> belief;
};
TaskBelief believe_tasks(std::span<const HeldOutTask> tasks, std::size_t models);

/// The same for single queries.
struct QueryBelief {
  std::size_t penalty = 0;
  std::size_t neighbours = 0;  ///< Index into kNeighbours.
  Belief<kQueryFeatures> belief;
};
QueryBelief believe_queries(const BenchmarkView& benchmark, std::span<const HeldOutQuery> queries);

/// What is told of m models, see Belief: `features` is F x m. Written to `out`, within [0, 1].
template <std::size_t count>
void tell(const Belief<count>& belief, std::span<const double> accuracy, std::span<const double> features,
          std::span<double> out);

}  // namespace assay
