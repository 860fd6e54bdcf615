#pragma once

#include <span>
#include <vector>

#include "assay/route/benchmark_view.h"

namespace assay::route {

/// What stands in for cells that nothing is known of: on query i a model whose accuracy is a scores a + effect[i].
/// A query on which the models that were asked did worse than they do elsewhere is hard for the others, too;
/// without that, what is unknown would look better than what is known on every hard query.
///
/// The effects are best linear unbiased predictions in a model with random effects: a score less the accuracy of
/// its model is the effect of the query and a rest. Their variances are those of the analysis of variance, over the
/// queries that more than one model was asked (Searle, Casella and McCulloch 1992, sections 3.6 and 7.4). The fewer
/// models a query was asked of, the nearer to 0 its effect.
/// @param accuracy  m.
/// @return  n; empty if no query has both known and unknown cells. O(n m).
std::vector<float> query_effects(const BenchmarkView& benchmark, std::span<const double> accuracy);

}  // namespace assay::route
