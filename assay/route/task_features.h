#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "assay/route/router.h"

// What routing knows of a new task. An example of use:
//
//   const TaskFeatures features = task_features(router, {vectors, d}, {}, threads);  // {}: no labelled queries
//   const double of_model_0 = features.ridge[0];  // its predicted accuracy by the ridge alone

#pragma GCC visibility push(default)

namespace assay::route {

/// A few queries of the new task for which it is known whether the models are right.
struct LabelledQueries {
  std::span<const Correctness> cells;  ///< L x m.
  neighbours::VectorView vectors;      ///< L.

  std::size_t count() const { return vectors.count(); }
};

/// What routing knows of a new task by its queries, K = kNeighbours.size().
struct TaskFeatures {
  std::size_t queries = 0;
  std::vector<double> s1;                 ///< K x m: mean vote.
  std::vector<double> s2;                 ///< K x m: share of votes above 1/2.
  std::vector<double> votes;              ///< K x m: as s1, of the benchmark alone: labelled queries have no vote.
  std::vector<double> distance;           ///< K: the descriptor u, mean distance to the benchmark.
  std::vector<double> ridge;              ///< m: mean prediction of the ridge.
  std::size_t labelled = 0;               ///< L.
  std::vector<double> labelled_accuracy;  ///< m: on the labelled queries; NaN where unknown. Empty without them.
  std::vector<double> labelled_known;     ///< m: known cells among them.
};

/// How the neighbours of the query at `position` are found, the nearest first.
using FindNeighbours = std::function<std::vector<neighbours::Neighbour>(std::size_t position)>;

/// The features of all queries of a new task, in parallel. The number of threads does not change them. Labelled
/// queries may become neighbours too, but not of themselves. Throws InvalidArgument if there is no query or the
/// vectors are of another length.
/// @param find  Among the benchmark's queries; empty: by the router's index.
TaskFeatures task_features(const Router& router, const neighbours::VectorView& queries,
                           const LabelledQueries& labelled, std::size_t threads, const FindNeighbours& find = {});

}  // namespace assay::route

#pragma GCC visibility pop
