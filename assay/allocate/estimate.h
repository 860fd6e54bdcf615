#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// What is known of each arm, and its mean score by that. An example of use:
//
//   std::vector<ArmTally> arms(2);
//   for (const double score : {3.0, 4.0, 5.0}) arms[0].add(score);
//   const std::vector<double> means = estimates(EstimateRule::mean, arms);  // 4, and NaN: arm 1 has no score

#pragma GCC visibility push(default)

namespace assay::allocate {

/// What is known of an arm: its calls, and the moments of the scores that they gave.
struct ArmTally {
  std::uint32_t calls = 0;   ///< Asked for, those that are not answered yet included.
  std::uint32_t failed = 0;  ///< Answered without a score.
  std::uint32_t scores = 0;  ///< Answered with one.
  double mean = 0;           ///< Of the scores; 0 if there is none.
  double m2 = 0;             ///< Sum of the squares of their distances from the mean.
  double m3 = 0;             ///< Of the cubes.
  double m4 = 0;             ///< Of the fourth powers.

  /// Takes a score in, in one pass and without loss of digits (Pebay 2008, "Formulas for robust, one-pass parallel
  /// computation of covariances and arbitrary-order statistical moments").
  void add(double score) {
    const double before = scores;
    ++scores;
    const double count = scores;
    const double distance = score - mean;
    const double step = distance / count;
    const double square = step * step;
    const double term = distance * step * before;
    mean += step;
    m4 += term * square * (count * count - 3 * count + 3) + 6 * square * m2 - 4 * step * m3;
    m3 += term * step * (count - 2) - 3 * step * m2;
    m2 += term;
  }

  /// n_i of the papers: the number of scores once every call under way has given one. (The papers' calls never
  /// fail.) At least a tenth of the calls, so that an arm whose calls nearly always fail does not take them all.
  double pulls() const { return std::max(static_cast<double>(calls - failed), 0.1 * calls); }
  /// Unbiased; at least two scores.
  double variance() const { return m2 / (static_cast<double>(scores) - 1); }
};

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
