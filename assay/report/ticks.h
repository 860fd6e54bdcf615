#pragma once

#include <string>
#include <vector>

namespace assay::report {

/// Round positions on an axis: multiples of 1, 2 or 5 times a power of ten.
struct Ticks {
  double step = 1;
  std::vector<double> at;           ///< Ascending, all within the range.
  std::vector<std::string> labels;  ///< As many decimals as the step needs.
};

/// About `wanted` ticks (at least 2) in [from, to]. `percent`: values are shares, labelled "25 %".
/// Throws InvalidArgument unless from < to are finite and further apart than rounding.
Ticks nice_ticks(double from, double to, int wanted, bool percent = false);

}  // namespace assay::report
