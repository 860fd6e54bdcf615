#include "assay/report/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

#include "assay/core/error.h"

namespace assay::report {
namespace {

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string_view::npos; at += what.size()) ++found;
  return found;
}

LinePlot sample() {
  return {.title = "Identification probability",
          .x = {.title = "query equivalents", .from = 0},
          .y = {.title = "share of realizations", .from = 0, .to = 1, .percent = true},
          .series = {{"random", {1, 2, 3, 4}, {0.1, 0.3, 0.4, 0.5}},
                     {"llm-selector", {1, 2, 3, 4}, {0.2, 0.6, 0.9, 1.0}}},
          .references = {{ReferenceLine::Direction::horizontal, 0.95, "95 %"}}};
}

TEST(Plot, DrawsEverySeriesAxisAndReference) {
  const std::string text = svg(sample());
  EXPECT_EQ(count(text, "class=\"curve\""), 2U);
  EXPECT_EQ(count(text, "class=\"reference\" x1"), 1U);
  for (const char* label : {">random<", ">llm-selector<", ">query equivalents<", ">95 %<", ">100 %<",
                            ">Identification probability</text>"}) {
    EXPECT_NE(text.find(label), std::string::npos) << label;
  }
  EXPECT_EQ(text.find("http", text.find("w3.org")), std::string::npos) << "refers to something outside of itself";
}

TEST(Plot, PointsStandWhereTheAxesSay) {
  LinePlot plot = sample();
  plot.x = {.from = 0, .to = 10};
  plot.series = {{"diagonal", {0, 10}, {0, 1}}};
  plot.references.clear();
  const std::string text = svg(plot);
  // The frame runs from the top left down to the origin and right along the x axis: "Mleft topVbottomHright".
  double left = 0, top = 0, bottom = 0, right = 0;
  const std::size_t frame = text.find("class=\"frame\" d=\"");
  ASSERT_NE(frame, std::string::npos);
  ASSERT_EQ(std::sscanf(text.c_str() + frame, "class=\"frame\" d=\"M%lf %lfV%lfH%lf", &left, &top, &bottom, &right),
            4);
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  const std::size_t curve = text.find("d=\"M", text.find("class=\"curve"));
  ASSERT_NE(curve, std::string::npos);
  ASSERT_EQ(std::sscanf(text.c_str() + curve, "d=\"M%lf %lfh0L%lf %lf", &x1, &y1, &x2, &y2), 4);
  EXPECT_EQ(x1, left);
  EXPECT_EQ(y1, bottom);
  EXPECT_EQ(x2, right);
  EXPECT_EQ(y2, top);
}

TEST(Plot, TheSamePlotGivesTheSameBytes) { EXPECT_EQ(svg(sample()), svg(sample())); }

TEST(Plot, EscapesText) {
  LinePlot plot = sample();
  plot.title = "a<script>&\"\x01\xFF";
  plot.series[0].name = "</text><x>\xEF\xBF\xBE";
  const std::string text = svg(plot);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find("<x>"), std::string::npos);
  EXPECT_EQ(text.find('\x01'), std::string::npos);
  EXPECT_EQ(text.find("\xEF\xBF\xBE"), std::string::npos);
  EXPECT_NE(text.find("a&lt;script&gt;&amp;&quot;\\x01\\xff"), std::string::npos);
}

TEST(Plot, TellsManySeriesApart) {
  LinePlot plot = sample();
  plot.series.clear();
  for (int i = 0; i < 14; ++i) plot.series.push_back({"s" + std::to_string(i), {0, 1}, {0.05 * i, 1}});
  const std::string text = svg(plot);
  // Twice each colour (curve and legend) without, and twice with a dash.
  EXPECT_EQ(count(text, "stroke=\"#0072b2\" stroke-width=\"2\" d="), 2U);
  EXPECT_EQ(count(text, "stroke=\"#0072b2\" stroke-width=\"2\" stroke-dasharray=\"7 3\""), 2U);
  EXPECT_EQ(count(text, "stroke=\"#0072b2\""), 4U);
}

TEST(Plot, BreaksTheLineWhereAPointIsMissing) {
  LinePlot plot = sample();
  plot.series = {{"gap", {1, 2, 3, 4}, {0.1, std::nan(""), 0.4, 0.5}}};
  const std::string text = svg(plot);
  const std::size_t at = text.find("d=\"M", text.find("class=\"curve"));
  const std::string path = text.substr(at, text.find("/>", at) - at);
  EXPECT_EQ(count(path, "M"), 2U) << path;
  EXPECT_EQ(count(path, "L"), 1U) << path;
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

TEST(Plot, AConstantSeriesCanBeDrawn) {
  LinePlot plot;
  plot.series = {{"constant", {3}, {0}}};
  EXPECT_NE(svg(plot).find(">constant<"), std::string::npos);
}

TEST(Plot, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(svg(LinePlot{}), InvalidArgument);
  LinePlot uneven = sample();
  uneven.series[0].y.pop_back();
  EXPECT_THROW(svg(uneven), InvalidArgument);
  LinePlot backwards = sample();
  backwards.y.from = 2;
  EXPECT_THROW(svg(backwards), InvalidArgument);
  LinePlot nothing = sample();
  nothing.series = {{"nothing", {1}, {std::nan("")}}};
  EXPECT_THROW(svg(nothing), InvalidArgument);
}

TEST(Plot, ABandIsAnAreaOfTheCurvesColourBelowAllCurves) {
  LinePlot plot = sample();
  plot.series[1].band = {{1, 2, 3}, {0.1, 0.5, std::nan("")}, {0.3, 0.7, 1}};
  const std::string text = svg(plot);
  const std::size_t band = text.find("class=\"band\"");
  ASSERT_NE(band, std::string::npos);
  EXPECT_LT(band, text.find("class=\"curve\""));
  const std::string path = text.substr(band, text.find("/>", band) - band);
  EXPECT_NE(path.find("fill=\"#d55e00\""), std::string::npos) << path;
  EXPECT_EQ(count(path, "L"), 3U) << "two upper ends and two lower ones, the third is not finite";
  EXPECT_EQ(count(text, "class=\"band\""), 1U) << "the other series has none";
  plot.series[1].band.low.pop_back();
  EXPECT_THROW(svg(plot), InvalidArgument);
}

TEST(Plot, ABandIsWithinTheAxes) {
  LinePlot plot;
  plot.series = {{"wide", {0, 1}, {2, 3}, {{0, 1}, {-10, 1}, {5, 10}}}};
  EXPECT_NE(svg(plot).find(">-10<"), std::string::npos);
  EXPECT_NE(svg(plot).find(">10<"), std::string::npos);
}

TEST(Plot, AStyleIsTheColourWhateverThePlace) {
  LinePlot plot = sample();
  plot.series[0].style = 6 + kPlotColours;
  const std::string text = svg(plot);
  EXPECT_NE(text.find("stroke=\"#8c8c8c\" stroke-width=\"2\" stroke-dasharray=\"7 3\""), std::string::npos);
  EXPECT_EQ(text.find("#0072b2"), std::string::npos);
}

TEST(Plot, NamesStandAtTheCurvesWhereTheyFit) {
  EXPECT_EQ(count(svg(sample()), "class=\"leader\""), 2U) << "their ends are far apart";
  LinePlot crowded = sample();
  for (int i = 0; i < 9; ++i) crowded.series.push_back({"s" + std::to_string(i), {1, 4}, {0.1, 1}});
  EXPECT_EQ(count(svg(crowded), "class=\"leader\""), 0U) << "ten would stand at one place";
  LinePlot early = sample();
  early.series[0].x.pop_back();
  early.series[0].y.pop_back();
  EXPECT_EQ(count(svg(early), "class=\"leader\""), 0U) << "a curve ends within the plot";
  LinePlot wide = sample();
  wide.series[0].name = std::string(60, 'w');
  EXPECT_EQ(count(svg(wide), "class=\"leader\""), 0U) << "no room for the name";
  for (const LinePlot& plot : {crowded, early, wide}) {
    for (const PlotSeries& series : plot.series) {
      EXPECT_NE(svg(plot).find(">" + series.name + "<"), std::string::npos) << "it has a legend, then";
    }
  }
}

}  // namespace
}  // namespace assay::report
