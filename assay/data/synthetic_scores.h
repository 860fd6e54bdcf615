#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/records.h"

namespace assay::data {

/// A way in which the variances of the arms differ.
struct ScoreFamily {
  std::string_view name;
  std::string_view help;
  /// Variance of the i-th of K arms, i in [0, K); arms are shuffled afterwards.
  double (*variance)(std::size_t i, std::size_t arms) = nullptr;
  bool whole = false;  ///< Scores are whole numbers, two of them for an arm that varies.
};

/// All families.
std::span<const ScoreFamily> score_families();
/// Throws InvalidArgument that lists the names there are.
const ScoreFamily& score_family(std::string_view name);

struct SyntheticScoresOptions {
  std::string family = "two-groups";
  std::size_t arms = 1000;   ///< 1 .. 1,000,000
  std::size_t repeats = 20;  ///< Scores of each arm, even, 2 .. 1000.
  std::uint64_t seed = 1;
};

/// The truth about the arms that were made.
struct SyntheticArms {
  double largest_variance = 0;
  double mean_variance = 0;
};

/// Emits repeated scores of judge "synthetic". The scores of an arm are the population that calls draw from, so
/// that its mean and variance are exact: the standard normal's quantiles at (r - 1/2) / R, r = 1 .. R, scaled to a
/// variance of one, times the arm's standard deviation, plus its mean, which is uniform in [1, 5]; for families of
/// whole numbers the mean is one of 2, 3, 4 and half of the scores are one above it and half one below. Throws
/// InvalidArgument for options out of range. O(arms * repeats).
SyntheticArms generate_scores(const SyntheticScoresOptions& options, RecordSink& sink,
                              const Progress& progress = {});

}  // namespace assay::data
