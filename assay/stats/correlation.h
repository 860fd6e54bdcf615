#pragma once

#include <optional>
#include <span>

namespace assay::stats {

// Of pairs (x_i, y_i), x and y of one length. Empty where there are fewer than two pairs, or one side is constant.
// A pair with a NaN must not come.

/// Pearson's coefficient. O(n).
std::optional<double> pearson(std::span<const double> x, std::span<const double> y);
/// Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs. O(n log n).
std::optional<double> spearman(std::span<const double> x, std::span<const double> y);
/// Kendall's tau-b, which allows for ties (Knight 1966). O(n log n).
std::optional<double> kendall(std::span<const double> x, std::span<const double> y);

}  // namespace assay::stats
