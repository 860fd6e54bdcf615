#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/route/accuracy.h"
#include "assay/route/benchmark_view.h"

namespace assay::route {

/// How well a model is known after an update.
struct ModelStanding {
  double known = 0;     ///< Cells.
  double accuracy = 0;  ///< As the router has it.
  double error = 0;     ///< Standard error of it.
  double compared = 0;  ///< Cells of queries that another model was asked, too.
};

/// Of each model (m), from the sum over all queries, in which something must be known. Those of which less than a
/// tenth is known than of the best known one are placed by `placed_accuracy`. O(n m) for each of these.
std::vector<ModelStanding> model_standings(const BenchmarkView& benchmark, const AccuracySum& sum);

/// The accuracy of a hardly known model: on the prompts that it was tried on, how much better it is than the others
/// are there on average, added to what they are on average everywhere; drawn to their mean as far as chance may
/// have made it (empirical Bayes, the models' accuracies being normal). Others are those of which a tenth is known.
/// @return  Accuracy and standard error.
ModelStanding placed_accuracy(const BenchmarkView& benchmark, std::size_t model, std::span<const double> accuracy,
                              std::span<const double> known);

}  // namespace assay::route
