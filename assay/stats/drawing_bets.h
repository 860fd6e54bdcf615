#pragma once

#include <array>
#include <cstddef>

namespace assay::stats {

// Betting on a sum by drawing its terms with chances of one's own choice. Terms y_q >= 0 of a set R are unknown.
// The claim: they sum to `allowed` at most. Choose s_q >= 0 and chances pi_q > 0 from the past, draw q, and
// multiply the capital by
//
//   (s_q + y_q) / (pi_q (S + allowed)),    S = sum of s over R.
//
// If the claim is true its expectation is (S + sum of y) / (S + allowed) <= 1: nothing is assumed of the terms. So
// Ville's inequality bounds the chance that a true claim is ever refuted (see stats/betting.h).

/// Terms of about the same expectation.
struct TermGroup {
  double size = 0;  ///< Sum of the weights of its terms; 0: the group is empty.
  double mean = 0;  ///< What a term of weight 1 is expected to be, in [0, 1].
};

inline constexpr std::size_t kTermGroups = 64;
using TermGroups = std::array<TermGroup, kTermGroups>;

/// The group, by expectation in [0, 1].
std::size_t term_group(double mean);

/// How to draw, and what is kept back: of a term of weight w in group g, s = w * kept[g] and pi is in proportion to
/// w * chance[g].
struct DrawingBet {
  std::array<double, kTermGroups> kept{};
  std::array<double, kTermGroups> chance{};
  double growth = 0;  ///< Expected of the logarithm of the capital in one draw, > 0.
};

/// The bet under which the capital is expected to grow fastest if each term is 0 or its weight. If more than
/// `allowed` is not expected, the growth is nearly 0. O(groups).
///
/// With one number G for all groups, the mean y = 1 - p of a group, and r that solves
///
///   p (1 + r)^(1 - p) + (1 - p) (1 + r)^(-p) = G,
///
/// it is s = 1 / r, with chances in proportion to s^p (1 + s)^(1 - p); G = e^growth is such that the sum of
/// (1 - p) (1 + r)^(-p) is G * allowed. (The stationary point of the expected logarithm.)
DrawingBet fastest_bet(const TermGroups& groups, double allowed);

}  // namespace assay::stats
