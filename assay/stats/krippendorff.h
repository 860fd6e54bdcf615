#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/stats/intervals.h"

namespace assay::stats {

/// \file
/// Krippendorff's alpha: how far raters agree beyond chance, whoever judged what.
///
///     // Two raters said 0 and 0 of one unit, 2 and 1 of another; a third unit has one rater and tells nothing.
///     krippendorff_alpha({{{0, 0}, {2, 1}, {1}}}, 3, Level::ordinal, 1)->value;

/// What the difference of two values is worth.
enum class Level : std::uint8_t {
  nominal,  ///< 1 where they differ.
  ordinal,  ///< The more, the more values were given between them.
};

struct Alpha {
  double value = 1;        ///< 1: they agree in all; 0: as by chance; below: less than that.
  Interval interval;       ///< 95 %, by bootstrap over units (percentiles); `low` may be below 0.
  std::size_t units = 0;   ///< With two values or more.
  std::size_t values = 0;  ///< In these.
};

/// `units`: values given to each, in [0, categories), in any order; who gave none is left out. Empty if no unit has
/// two values, or all values are the same: then there is no disagreement that chance could make. Replicates in
/// which that is so do not count. Throws InvalidArgument for a value out of range.
///
/// Krippendorff 2011, "Computing Krippendorff's alpha-reliability", by the matrix of coincidences.
std::optional<Alpha> krippendorff_alpha(std::span<const std::vector<std::size_t>> units, std::size_t categories,
                                        Level level, std::uint64_t seed, std::size_t replicates = 1000);

}  // namespace assay::stats
