#include "assay/view/plot_style.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "assay/allocate/allocator.h"
#include "assay/ensemble/selection_method.h"
#include "assay/select/strategy.h"

namespace assay::view {
namespace {

// In one plot no two of a table look alike, and none like a program: those of the table have the first two dashes.
template <typename Table>
void expect_styles_of_their_own(const Table& table) {
  std::set<std::size_t> styles;
  for (const auto& entry : table) {
    const std::size_t style = series_style(entry.name);
    EXPECT_LT(style, 2 * report::kPlotColours) << entry.name << " stands in no table of styles";
    EXPECT_TRUE(styles.insert(style).second) << entry.name;
  }
}

TEST(PlotStyle, EachOfATableHasItsOwn) {
  expect_styles_of_their_own(select::strategies());
  expect_styles_of_their_own(allocate::allocators());
  expect_styles_of_their_own(ensemble::selection_methods());
}

TEST(PlotStyle, TheSameNameLooksTheSameWhateverStandsBesideIt) {
  report::LinePlot few, many;
  add_series(few, {"assay", {0, 1}, {0, 1}}, series_style("assay"));
  for (const char* name : {"random", "llm-selector", "assay"})
    add_series(many, {name, {0, 1}, {0, 1}}, series_style(name));
  EXPECT_EQ(few.series[0].style, many.series[2].style);
  EXPECT_EQ(series_style("assay", true) % report::kPlotColours, series_style("assay") % report::kPlotColours);
  EXPECT_NE(series_style("assay", true), series_style("assay"));
}

TEST(PlotStyle, ManyProgramsAreToldApart) {
  report::LinePlot plot;
  std::set<std::size_t> styles;
  for (std::size_t i = 0; i < 2 * report::kPlotColours; ++i) {
    const std::string name = "command:python3 number" + std::to_string(i) + ".py";
    EXPECT_GE(series_style(name), 2 * report::kPlotColours);
    EXPECT_EQ(series_style(name), series_style(name));
    add_series(plot, {name, {0, 1}, {0, 1}}, series_style(name));
    EXPECT_TRUE(styles.insert(*plot.series.back().style).second) << i;
  }
  add_series(plot, {"one too many", {0, 1}, {0, 1}}, series_style("one too many"));
  EXPECT_LT(*plot.series.back().style, report::kPlotStyles);
}

TEST(PlotStyle, TheTitleNamesTheStudy) {
  EXPECT_EQ(plot_title("data/alpaca.assay", "53 models"), "alpaca: 53 models");
  EXPECT_EQ(plot_title("a\x1b[2J.assay", "x"), "a\\x1b[2J: x");
  EXPECT_LT(plot_title(std::string(500, 'n') + ".assay", "x").size(), 60U);
}

}  // namespace
}  // namespace assay::view
