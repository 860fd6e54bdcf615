#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/route/router.h"

namespace assay::route {

/// Chances of m models to answer one query rightly, stacked of its neighbours' votes and the ridge. Where these
/// predict queries of the benchmark no better than the accuracies alone, the accuracies.
/// @param neighbours  Its nearest in the benchmark.
std::vector<double> query_chances(const Router& router, std::span<const float> query,
                                  std::span<const neighbours::Neighbour> neighbours);
/// The same with neighbours by the router's index.
std::vector<double> query_chances(const Router& router, std::span<const float> query);

/// True if single queries can be routed: beyond doubt, the predictors are better than the accuracies alone.
bool routes_queries(const Router& router);

/// The candidate of the largest chance - cost_weight * cost. An unknown cost (NaN) is as high as the highest known.
/// @param cost  m, in any unit; empty: nothing costs anything.
/// @return  An index into the candidates; among equals the one of the higher accuracy.
std::size_t choose_for_query(const Router& router, std::span<const double> chances,
                             std::span<const std::size_t> candidates, std::span<const double> cost,
                             double cost_weight);

}  // namespace assay::route
