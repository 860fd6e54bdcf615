#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "assay/core/error.h"
#include "assay/select/strategy.h"

namespace assay::select {
namespace {

TEST(Strategies, AreFoundByTheirNames) {
  std::set<std::string_view> names;
  for (const StrategyEntry& entry : strategies()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name << " stands twice in the table";
    EXPECT_EQ(&strategy(entry.name), &entry);
    EXPECT_FALSE(entry.help.empty()) << entry.name << " has no line in --help";
    EXPECT_EQ(entry.help.find('\n'), std::string_view::npos) << entry.name << ": help must be one line";
  }
  for (const char* name :
       {"random", "most-draws", "uncertainty", "confidence", "bradley-terry", "llm-selector", "select-llm"}) {
    EXPECT_TRUE(names.contains(name)) << name << " is a published strategy";
  }
}

TEST(Strategies, FiveAreBaselines) {
  std::set<std::string_view> baselines;
  for (const StrategyEntry& entry : strategies()) {
    if (entry.baseline) baselines.insert(entry.name);
  }
  EXPECT_EQ(baselines,
            (std::set<std::string_view>{"random", "most-draws", "uncertainty", "confidence", "bradley-terry"}));
}

TEST(Strategies, AnUnknownNameIsAnsweredWithAllNames) {
  try {
    strategy("rand\x1b[2Jom");
    FAIL() << "found a strategy that does not exist";
  } catch (const InvalidArgument& failure) {
    for (const StrategyEntry& entry : strategies())
      EXPECT_THAT(failure.what(), testing::HasSubstr(std::string(entry.name)));
    EXPECT_THAT(failure.what(), testing::HasSubstr("\\x1b")) << "the name is escaped";
  }
  EXPECT_THROW(strategy(""), InvalidArgument);
  EXPECT_THROW(strategy("Random"), InvalidArgument);
}

TEST(Strategies, EveryGridHoldsDistinctPointsInRange) {
  for (const StrategyEntry& entry : strategies()) {
    const std::vector<Parameters> grid = parameter_grid(entry);
    std::set<std::tuple<double, double, double>> points;
    for (const Parameters& point : grid) {
      EXPECT_NO_THROW(check(point)) << entry.name;
      points.insert({point.loss, point.draw, point.temperature});
    }
    EXPECT_EQ(grid.size() > 1, entry.uses_loss_draw || entry.uses_temperature) << entry.name;
    EXPECT_EQ(points.size(), grid.size()) << entry.name << " would search a point twice";
  }
  const auto grid = parameter_grid(strategy("llm-selector"));
  for (const Parameters& point : grid) {
    EXPECT_LE(point.loss, point.draw) << "a loss would speak for a model";
    EXPECT_LE(point.draw, 1 - point.loss - point.draw + 1e-12) << "a draw would speak for a model more than a win";
  }
  const auto published = [](const Parameters& p) {
    return std::abs(p.loss - 0.2) < 1e-9 && std::abs(p.draw - 0.4) < 1e-9;
  };
  EXPECT_TRUE(std::any_of(grid.begin(), grid.end(), published)) << "the grid lacks the published optimum 0.20/0.40";
}

TEST(Parameters, OutOfRangeAreRefused) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  EXPECT_NO_THROW(check(Parameters{}));
  for (const double bad : {0.0, -0.1, 1.0, kNan, kInfinite}) {
    EXPECT_THROW(check(Parameters{.loss = bad}), InvalidArgument) << "e_loss " << bad;
    EXPECT_THROW(check(Parameters{.draw = bad}), InvalidArgument) << "e_draw " << bad;
  }
  for (const double bad : {0.0, -1.0, kNan, kInfinite}) {
    EXPECT_THROW(check(Parameters{.temperature = bad}), InvalidArgument) << "temperature " << bad;
  }
  EXPECT_THROW(check(Parameters{.loss = 0.5, .draw = 0.5}), InvalidArgument) << "nothing is left for a win";
}

// Close to loss + draw = 1 rounding must not let a win's probability of zero through.
RC_GTEST_PROP(Parameters, WhatIsAcceptedLeavesRoomForAWin, ()) {
  const double loss = static_cast<double>(*rc::gen::inRange(1, 1000000)) / 1000000;
  double draw = 1 - loss;
  for (int step = *rc::gen::inRange(0, 3); step > 0; --step) draw = std::nextafter(draw, 0.0);
  try {
    check(Parameters{.loss = loss, .draw = draw});
  } catch (const InvalidArgument&) {
    return;
  }
  RC_ASSERT(1.0 - loss - draw > 0);
}

}  // namespace
}  // namespace assay::select
