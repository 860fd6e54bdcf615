#include "assay/view/plot_style.h"

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::view {
namespace {

struct Named {
  std::string_view name;
  std::size_t style;
};

// Names that share a style never stand in one plot: strategies, allocators, methods of selection. Ours is blue,
// what needs no thought is grey.
constexpr std::array kNamed{
    Named{"assay", 0},        Named{"llm-selector", 1},  Named{"select-llm", 2}, Named{"sysrs", 3},
    Named{"ucb-e", 4},        Named{"bradley-terry", 5}, Named{"random", 6},     Named{"most-draws", 8},
    Named{"uncertainty", 9},  Named{"confidence", 10},   Named{"robin-hood", 1}, Named{"robin", 2},
    Named{"uniform", 6},      Named{"greedy-mi", 1},     Named{"mrmr", 2},       Named{"exhaustive", 4},
    Named{"top-accuracy", 5},
};

constexpr std::size_t kTableStyles = 2 * report::kPlotColours;  // the others are for names that nobody knows
constexpr std::size_t kOtherStyles = report::kPlotStyles - kTableStyles;
constexpr std::size_t kStudyShown = 40;  // columns

}  // namespace

std::size_t series_style(std::string_view name, bool variant) {
  const auto* const found = std::ranges::find(kNamed, name, &Named::name);
  if (found == kNamed.end()) return kTableStyles + fnv1a(name) % kOtherStyles;
  return (found->style + (variant ? report::kPlotColours : 0)) % kTableStyles;
}

void add_series(report::LinePlot& plot, report::PlotSeries series, std::size_t style) {
  const auto taken = [&](std::size_t one) {
    return std::ranges::any_of(plot.series, [&](const report::PlotSeries& other) { return other.style == one; });
  };
  for (std::size_t tries = 0; tries < report::kPlotStyles && taken(style); ++tries) {
    style = style + 1 < report::kPlotStyles ? style + 1 : kTableStyles;
  }
  series.style = style;
  plot.series.push_back(std::move(series));
}

std::string plot_title(const std::string& study, std::string_view about) {
  std::string name = study.substr(study.rfind('/') + 1);  // npos + 1 is 0
  if (const std::size_t dot = name.rfind('.'); dot != std::string::npos && dot > 0) name.resize(dot);
  return report::cut_to_width(escaped(name), kStudyShown) + ": " + std::string(about);
}

}  // namespace assay::view
