#include "assay/report/interval_plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "assay/core/error.h"

namespace assay::report {
namespace {

IntervalPlot few_rows() {
  return {.title = "Win rates",
          .x = {.title = "win rate", .from = 0, .to = 1, .percent = true},
          .groups = {"best", "out"},
          .rows = {{"a", 0.5, 0.75, 1, 0}, {"b<script>\x01", 0, 0.25, 0.5, 1}},
          .references = {{ReferenceLine::Direction::vertical, 0.5, "the baseline"}},
          .remark = "and 3 more"};
}

std::size_t times(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++found;
  return found;
}

TEST(IntervalPlot, DrawsEachRowInTheColourOfItsGroup) {
  const std::string text = svg(few_rows());
  EXPECT_EQ(times(text, "class=\"interval\""), 2U);
  EXPECT_EQ(times(text, "class=\"interval\" stroke=\"#0072b2\""), 1U);
  for (const char* label : {">a<", ">best<", ">out<", ">the baseline<", ">win rate<", ">and 3 more<", ">100 %<"}) {
    EXPECT_NE(text.find(label), std::string::npos) << label;
  }
  EXPECT_EQ(text, svg(few_rows())) << "the same plot, the same bytes";
}

// The first interval is the right half of the axis, the second the left one, the value in the middle.
TEST(IntervalPlot, IntervalsStandWhereTheAxisSays) {
  const std::string text = svg(few_rows());
  double left = 0, y = 0, right = 0;
  const auto frame = text.find("class=\"frame\" d=\"");
  ASSERT_EQ(std::sscanf(text.c_str() + frame, "class=\"frame\" d=\"M%lf %lfH%lf", &left, &y, &right), 3);
  double from = 0, to = 0, at = 0;
  const auto interval = text.find("d=\"M", text.find("class=\"interval\""));
  ASSERT_EQ(std::sscanf(text.c_str() + interval, "d=\"M%lf %lfH%lf", &from, &y, &to), 3);
  const auto circle = text.find("cx=\"", interval);
  ASSERT_EQ(std::sscanf(text.c_str() + circle, "cx=\"%lf", &at), 1);
  EXPECT_NEAR(from, (left + right) / 2, 0.1);
  EXPECT_NEAR(to, right, 0.1);
  EXPECT_NEAR(at, left + 0.75 * (right - left), 0.1);
}

TEST(IntervalPlot, EscapesNames) {
  const std::string text = svg(few_rows());
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_NE(text.find("b&lt;script&gt;\\x01"), std::string::npos);
}

TEST(IntervalPlot, RefusesWhatCannotBeDrawn) {
  EXPECT_THROW(svg(IntervalPlot{}), InvalidArgument);
  IntervalPlot plot = few_rows();
  plot.rows[0].low = 0.8;
  EXPECT_THROW(svg(plot), InvalidArgument) << "low above the value";
  plot = few_rows();
  plot.rows[1].value = std::nan("");
  EXPECT_THROW(svg(plot), InvalidArgument);
  plot = few_rows();
  plot.rows[1].group = 2;
  EXPECT_THROW(svg(plot), InvalidArgument) << "no such group";
}

}  // namespace
}  // namespace assay::report
