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
/// A guard of the router does not count here, see route_query.
std::size_t choose_for_query(const Router& router, std::span<const double> chances,
                             std::span<const std::size_t> candidates, std::span<const double> cost,
                             double cost_weight);

/// The best of the candidates on all queries of the benchmark together: what is asked where nothing is routed. An
/// index into the candidates.
std::size_t best_single(const Router& router, std::span<const std::size_t> candidates);

/// A decision for one query.
struct QueryChoice {
  std::size_t chosen = 0;  ///< Index into the candidates.
  std::size_t single = 0;  ///< Likewise, best_single.
  double margin = 0;       ///< By how much the choice of choose_for_query is worth more than `single`.
};

/// choose_for_query; but if the router has a guard, the best single model unless the margin is above the guard's.
/// The guard holds for all models of the router and its own cost weight alone: see check_guard.
QueryChoice route_query(const Router& router, std::span<const double> chances,
                        std::span<const std::size_t> candidates, std::span<const double> cost, double cost_weight);

/// Throws InvalidArgument if the router has a guard and this is not what it was made for.
void check_guard(const Router& router, std::size_t candidates, double cost_weight);

}  // namespace assay::route
