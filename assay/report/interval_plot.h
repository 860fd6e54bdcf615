#pragma once

#include <string>
#include <vector>

#include "assay/report/plot.h"

namespace assay::report {

/// A value and where it may lie, a row of its own.
struct PlottedInterval {
  std::string name;
  double low = 0;
  double value = 0;
  double high = 0;
  std::size_t group = 0;  ///< Place in `groups`.
};

/// Values that are compared, each with its interval, one below the other.
struct IntervalPlot {
  std::string title = {};
  PlotAxis x = {};
  std::vector<std::string> groups = {};  ///< For the legend; at most 7.
  std::vector<PlottedInterval> rows = {};
  std::vector<ReferenceLine> references = {};  ///< Vertical ones.
  std::string remark = {};                     ///< One line below, e.g. how many rows are not shown. May be empty.
  std::size_t width = 760;                     ///< Pixels, at least 480.
};

/// As svg of a LinePlot. Throws InvalidArgument without a row, for numbers that are not finite or that do not
/// ascend from low to high, and for a group that is none.
std::string svg(const IntervalPlot& plot);

}  // namespace assay::report
