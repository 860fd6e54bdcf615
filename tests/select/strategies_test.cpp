#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
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

TEST(Strategies, TheGridOfLlmSelectorHoldsWhatThePaperAllows) {
  const auto grid = parameter_grid(strategy("llm-selector"));
  for (const ParameterValues& point : grid) {
    const double loss = point.at("e-loss");
    const double draw = point.at("e-draw");
    EXPECT_LE(loss, draw) << "a loss would speak for a model";
    EXPECT_LE(draw, 1 - loss - draw + 1e-12) << "a draw would speak for a model more than a win";
  }
  const auto published = [](const ParameterValues& p) {
    return std::abs(p.at("e-loss") - 0.2) < 1e-9 && std::abs(p.at("e-draw") - 0.4) < 1e-9;
  };
  EXPECT_TRUE(std::any_of(grid.begin(), grid.end(), published)) << "the grid lacks the published optimum 0.20/0.40";
}

TEST(Strategies, OnlyPublishedStrategiesWithAModelHaveAGrid) {
  for (const StrategyEntry& entry : strategies()) {
    const bool has_one = entry.name == "llm-selector" || entry.name == "select-llm";
    EXPECT_EQ(parameter_grid(entry).size() > 1, has_one) << entry.name;
  }
}

TEST(Strategies, ChancesThatLeaveNoWinAreRefused) {
  const StrategyEntry& entry = strategy("llm-selector");
  try {
    checked(entry, {entry.parameters, {0.5, 0.5}});
    FAIL() << "nothing is left for a win";
  } catch (const InvalidArgument& failure) {
    EXPECT_STREQ(failure.what(),
                 "`e_loss` and `e_draw` must be positive and their sum below 1, came e_loss 0.5, e_draw 0.5");
  }
}

// Close to loss + draw = 1 rounding must not let a win's probability of zero through.
RC_GTEST_PROP(Strategies, WhatIsAcceptedLeavesRoomForAWin, ()) {
  const double loss = static_cast<double>(*rc::gen::inRange(1, 1000000)) / 1000000;
  double draw = 1 - loss;
  for (int step = *rc::gen::inRange(0, 3); step > 0; --step) draw = std::nextafter(draw, 0.0);
  const StrategyEntry& entry = strategy("llm-selector");
  try {
    checked(entry, {entry.parameters, {loss, draw}});
  } catch (const InvalidArgument&) {
    return;
  }
  RC_ASSERT(1.0 - loss - draw > 0);
}

}  // namespace
}  // namespace assay::select
