#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "assay/allocate/arm_tally.h"

// The mean score of each arm, from its tally. An example of use:
//
//   std::vector<ArmTally> arms(2);
//   for (const double score : {3.0, 4.0, 5.0}) arms[0].add(score);
//   const std::vector<double> means = estimates(EstimateRule::mean, arms);  // 4, and NaN: arm 1 has no score

#pragma GCC visibility push(default)

namespace assay::allocate {

/// How the mean score of an arm is estimated.
enum class EstimateRule {
  mean,    ///< The mean of its scores: unbiased.
  centre,  ///< The centre of a confidence interval: a smaller worst error.
};

std::string_view name(EstimateRule rule);
/// Throws InvalidArgument that lists the names there are.
EstimateRule estimate_rule(std::string_view name);

/// An estimate for each arm, NaN for one without a score. O(K).
///
/// `centre`: where scores are skewed the mean of few of them errs to one side. Fifteen scores of 3 on a scale from
/// 1 to 3 leave a mean between 2.4 and 3, not between 2.7 and 3.3. A confidence interval that allows for skewness
/// (Johnson 1978, "Modified t tests and confidence intervals for asymmetrical populations") has its centre at
///
///   mean_i + (1/6 + z^2/3) mu3_i / (V_i n_i)
///
/// with mu3 the third central moment. On bounded scales mu3_i / V_i is about beta (g - mean_i), g being the mean of
/// all arms: beta is read off all arms together, by least squares, never below 0. That is the mean after another a
/// = beta (1 + 2 z^2) / 6 scores of g. z is the normal quantile at which one of K + 1 arms is above. Normal scores
/// have beta = 0 and are left alone.
std::vector<double> estimates(EstimateRule rule, std::span<const ArmTally> arms);

}  // namespace assay::allocate

#pragma GCC visibility pop
