#pragma once

#include <cstddef>
#include <span>

#include "assay/route/router.h"

// Routes away from the best single model only where held-out queries show that little is lost. An example of use:
//
//   const std::vector<HeldOutRouting> held_out = {{0.2, 1}, {0.05, 0}, {0.01, -1}};  // hundreds, in earnest
//   const Guard guard = fit_guard(held_out, 0.01, 0.05);
//   const bool away = guard.routes && margin_of_a_query > guard.margin;

namespace assay::route {

/// What routing would do to a query that nothing was fitted to.
struct HeldOutRouting {
  double margin = 0;  ///< By how much the routed model is worth more than the best single one, as predicted; >= 0.
  double gain = 0;  ///< Score of the routed model less that of the best single one, in [-1, 1]; 0: the same model.
};

/// Tries margins of a fixed list, the most cautious first, and keeps the last before the first of which it can't be
/// shown that the loss is at most `risk`: a fixed sequence of tests, each at the level delta, errs with probability
/// delta at most (Angelopoulos et al. 2021, "Learn then Test"). A test is a bet at fixed stakes (stats/betting.h).
/// For a risk of 0 the list is the margin 0 alone: few routed queries can't show that anything is gained.
/// @param held_out  Independent; their order does not matter.
/// Throws InvalidArgument unless 0 <= risk < 1 and 0 < delta < 1/2.
Guard fit_guard(std::span<const HeldOutRouting> held_out, double risk, double delta);

/// The fewest held-out queries with which a guard of this risk can route anything at all; 0 if the risk is 0: then
/// it takes a gain, and how many show it depends on how large it is.
std::size_t fewest_for_guard(double risk, double delta);

}  // namespace assay::route
