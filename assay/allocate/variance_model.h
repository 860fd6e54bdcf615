#pragma once

#include <cstddef>
#include <span>

#include "assay/allocate/arm_tally.h"

namespace assay::allocate {

/// How variable the scores of an arm are, judged by its own scores and by what is usual among all arms (empirical
/// Bayes, all of it by moments, no parameter to choose):
///
///   noise    A square distance of a score from its arm's mean varies, around the arm's variance V, with a variance
///   of
///            about phi(V) = max(0, step - slope V) V, plus 2 V^2 / (n - 1) for the mean being estimated. For
///            scores of two values, D apart, step = D^2 and slope = 4; for normal scores step = 0 and slope = -2.
///            Both are read off the arms: a line through the means of its lower and upper half.
///   prior    The V of the arms have a mean and a variance; that mean counts as much as a = phi / Var(V) scores, at
///            least one (Buhlmann's credibility). So arms that are all alike are treated alike, and an arm whose
///            first scores happened to agree is still taken to vary.
///   upper    V given the scores is taken to be gamma distributed: its quantile (Wilson and Hilferty 1931) at which
///            one arm in K + 1 would be above it. A price, not a guarantee: with a dozen normal scores an arm three
///            in a hundred are above, as the noise is estimated, too.
class VarianceModel {
 public:
  /// Nothing known: all arms alike.
  explicit VarianceModel(std::size_t arms);

  /// From the arms with two scores or more; unchanged where there is none. O(K log K).
  void fit(std::span<const ArmTally> arms);

  /// Expected variance of the arm's scores, > 0.
  double expected(const ArmTally& tally) const;
  /// What the variance might well be: the quantile of one arm in K + 1.
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
