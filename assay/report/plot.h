#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace assay::report {

/// Looks of a curve: so many colours, each with several dashes. Style number s has colour s modulo the colours.
inline constexpr std::size_t kPlotColours = 7;
inline constexpr std::size_t kPlotStyles = 28;

/// Where a curve may lie, drawn as a pale area. May be empty.
struct PlotBand {
  std::vector<double> x;  ///< Ascending.
  std::vector<double> low;
  std::vector<double> high;  ///< As many of all three. What is not finite is left out.
};

/// Points joined by a line, in the order given. A point that is not finite breaks the line.
struct PlotSeries {
  std::string name;  ///< At the curves' ends where all names fit there, else in a legend.
  std::vector<double> x;
  std::vector<double> y;  ///< As many as x.
  PlotBand band = {};
  std::optional<std::size_t> style = std::nullopt;  ///< Default: the place in the list.
};

/// A dashed line across the whole plot, for a target or a figure to compare with.
struct ReferenceLine {
  enum class Direction { horizontal, vertical };
  Direction direction = Direction::horizontal;
  double at = 0;
  std::string name;  ///< Stands beside the line; may be empty.
};

struct PlotAxis {
  std::string title = {};
  std::optional<double> from = std::nullopt;  ///< Default: what the series and reference lines need.
  std::optional<double> to = std::nullopt;
  bool percent = false;  ///< Values are shares, shown as percentages.
};

struct LinePlot {
  std::string title = {};
  PlotAxis x = {};
  PlotAxis y = {};
  std::vector<PlotSeries> series = {};
  std::vector<ReferenceLine> references = {};
  std::size_t width = 760;  ///< Pixels, at least 320.
  std::size_t height = 440;
};

/// The plot as an SVG document that needs nothing else: it has its own background and follows the reader's light or
/// dark colour scheme. The same plot gives the same bytes. Throws InvalidArgument if a series has not as
/// many y as x or a band not as many of all three, if there is no finite point, or if an axis ends before it
/// begins.
std::string svg(const LinePlot& plot);

}  // namespace assay::report
