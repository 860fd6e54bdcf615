#pragma once

#include <cstddef>
#include <span>

#include "assay/allocate/estimate.h"

namespace assay::allocate {

/// Estimates the variance of an arm's scores from its own scores and from all arms: empirical Bayes by moments,
/// without a parameter.
///
/// * noise: the squared distance of a score from its arm's mean has the expectation V, the arm's variance, and
/// itself a
///   variance of about phi(V) = max(0, step - slope V) V, plus 2 V^2 / (n - 1) as the mean is estimated. Scores of
///   two values, D apart, have step = D^2 and slope = 4; normal scores have step = 0 and slope = -2. Both are
///   estimated by a line through the means of the arms' lower and upper half.
/// * prior: the V of the arms have a mean and a variance. The mean counts as much as a = phi / Var(V) scores, at
/// least
///   one (Buhlmann's credibility). So arms that are all alike are treated alike. An arm whose first scores happened
///   to agree is still taken to vary.
/// * upper: V given the scores is taken to be gamma distributed. Its quantile (Wilson and Hilferty 1931) is the one
///   that one arm in K + 1 would exceed. It is a price, not a guarantee: with a dozen normal scores an arm, three
///   in a hundred exceed it, as the noise is estimated too.
class VarianceModel {
 public:
  /// Nothing known: all arms alike.
  explicit VarianceModel(std::size_t arms);

  /// From the arms with two scores or more; unchanged where there is none. O(K log K).
  void fit(std::span<const ArmTally> arms);

  /// Estimated variance of the arm's scores, > 0.
  double expected(const ArmTally& tally) const;
  /// The quantile of the variance that one arm in K + 1 exceeds.
  double upper(const ArmTally& tally) const { return at(tally, quantile_); }
  /// The variance at a quantile, given as that of the standard normal.
  double at(const ArmTally& tally, double quantile) const;

 private:
  void fit_noise(std::span<const ArmTally> arms);
  void fit_prior(std::span<const ArmTally> arms);
  double noise(double variance, double scores) const;

  double quantile_;  // of the standard normal
  double step_ = 1;
  double slope_ = 0;
  double mean_ = 1;          // of the variances
  double prior_scores_ = 1;  // a
};

}  // namespace assay::allocate
