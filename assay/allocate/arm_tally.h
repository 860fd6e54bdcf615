#pragma once

#include <algorithm>
#include <cstdint>

// What is known of one arm. An example of use:
//
//   ArmTally tally;
//   for (const double score : {3.0, 4.0, 5.0}) {
//     ++tally.calls;
//     tally.add(score);
//   }
//   const double mean = tally.mean;            // 4
//   const double variance = tally.variance();  // 1

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

}  // namespace assay::allocate

#pragma GCC visibility pop
