#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "assay/core/error.h"
#include "assay/select/makers.h"
#include "assay/select/strategy.h"

namespace assay::select {
namespace {

constexpr std::array kOutcomeChances = {
    Parameter{.name = "e-loss",
              .symbol = "e_loss",
              .help = "chance that the best model loses",
              .default_value = 0.2,
              .high = 1},
    Parameter{
        .name = "e-draw", .symbol = "e_draw", .help = "chance that it draws", .default_value = 0.4, .high = 1},
};

constexpr ParameterCondition kRoomForAWin = {
    .text = "`e_loss` and `e_draw` must be positive and their sum below 1",
    .holds = [](std::span<const double> values) { return values[0] + values[1] < 1; }};

// Steps of 1/20 where a better outcome never speaks against a model: e_loss <= e_draw <= 1 - e_loss - e_draw.
std::vector<std::vector<double>> outcome_chances_grid() {
  std::vector<std::vector<double>> grid;
  for (int loss = 1; 3 * loss <= 20; ++loss) {
    for (int draw = loss; loss + 2 * draw <= 20; ++draw) grid.push_back({loss / 20.0, draw / 20.0});
  }
  return grid;
}

constexpr std::array kTemperature = {Parameter{.name = "temperature",
                                               .symbol = "t",
                                               .help = "temperature of its posterior",
                                               .default_value = 1}};  // in units of wins

// 1/4, 1/2, ... 64.
std::vector<std::vector<double>> temperature_grid() {
  std::vector<std::vector<double>> grid;
  for (int power = -2; power <= 6; ++power) grid.push_back({std::ldexp(1.0, power)});
  return grid;
}

constexpr std::array kExploration = {Parameter{.name = "exploration",
                                               .symbol = "c",
                                               .help = "share of the exploration that its theorem allows",
                                               .default_value = 25.0 / 36}};

// "a 1, b 2"
std::string listing(const ParameterValues& parameters) {
  std::string text;
  for (std::size_t i = 0; i < parameters.values().size(); ++i) {
    text += fmt::format("{}{} {:g}", i > 0 ? ", " : "", parameters.parameters()[i].symbol, parameters.values()[i]);
  }
  return text;
}

}  // namespace

// Made at the first look, so that it is there for whoever looks before main begins.
std::span<const StrategyEntry> strategies() {
  static const std::array rows = {
      StrategyEntry{.name = "assay",
                    .help = "single calls, for the models that can still be best; stops when sure",
                    .uses_features = true,
                    .uses_assistant = true,
                    .uses_known = true,
                    .stops = true,
                    .returns = ReturnRule::estimate,
                    .make = make_assay},
      StrategyEntry{.name = "random",
                    .help = "rows in random order",
                    .baseline = true,
                    .whole_rows = true,
                    .random_queries = true,
                    .make = make_random},
      StrategyEntry{.name = "bradley-terry",
                    .help = "rows that leave the Bradley-Terry coefficients least uncertain",
                    .baseline = true,
                    .whole_rows = true,
                    .needs_weak = true,
                    .make = make_bradley_terry},
      StrategyEntry{.name = "most-draws",
                    .help = "rows on which the weak judges see most draws",
                    .baseline = true,
                    .whole_rows = true,
                    .needs_weak = true,
                    .make = make_most_draws},
      StrategyEntry{.name = "uncertainty",
                    .help = "rows on which the weak judges disagree most, by entropy",
                    .baseline = true,
                    .whole_rows = true,
                    .needs_weak = true,
                    .make = make_uncertainty},
      StrategyEntry{.name = "confidence",
                    .help = "rows on which the weak judges are least confident",
                    .baseline = true,
                    .whole_rows = true,
                    .needs_weak = true,
                    .make = make_confidence},
      StrategyEntry{.name = "llm-selector",
                    .help = "rows that tell most about the best model, weak judges playing the judge",
                    .whole_rows = true,
                    .needs_weak = true,
                    .returns = ReturnRule::posterior,
                    .parameters = kOutcomeChances,
                    .condition = kRoomForAWin,
                    .grid = outcome_chances_grid,
                    .make = make_llm_selector},
      StrategyEntry{.name = "select-llm",
                    .help = "rows on which the models that may be best answer least alike",
                    .whole_rows = true,
                    .needs_similarity = true,
                    .returns = ReturnRule::posterior,
                    .parameters = kTemperature,
                    .grid = temperature_grid,
                    .make = make_select_llm},
      StrategyEntry{.name = "sysrs",
                    .help = "shared random rows of those who are left; told its budget, drops the worst in turn",
                    .told_budget = true,
                    .returns = ReturnRule::posterior,
                    .make = make_sysrs},
      StrategyEntry{.name = "ucb-e",
                    .help = "single calls, for the highest upper confidence bound; told its budget",
                    .told_budget = true,
                    .parameters = kExploration,
                    .make = make_ucb_e},
  };
  return rows;
}

const StrategyEntry& strategy(std::string_view name) {
  std::string names;
  for (const StrategyEntry& entry : strategies()) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("unknown strategy " + quoted(name) + "; expected one of " + names);
}

std::string_view name(ReturnRule rule) {
  switch (rule) {
    case ReturnRule::posterior: return "posterior";
    case ReturnRule::win_rate: return "win-rate";
    case ReturnRule::estimate: return "estimate";
  }
  return "";
}

std::vector<ParameterValues> parameter_grid(const StrategyEntry& entry) {
  if (entry.grid == nullptr) return {ParameterValues(entry.parameters)};
  std::vector<ParameterValues> grid;
  for (std::vector<double>& point : entry.grid()) grid.emplace_back(entry.parameters, std::move(point));
  return grid;
}

ParameterValues checked(const StrategyEntry& entry, const ParameterValues& parameters) {
  ParameterValues values = assay::checked(entry.parameters, parameters);
  const ParameterCondition& condition = entry.condition;
  if (condition.holds == nullptr || condition.holds(values.values())) return values;
  throw InvalidArgument(std::string(condition.text) + ", came " + listing(values));
}

void check(const Goal& goal) {
  if (!(goal.epsilon >= 0 && goal.epsilon < 1)) {
    throw InvalidArgument("epsilon, a difference of win rates, must be at least 0 and below 1, came " +
                          std::to_string(goal.epsilon));
  }
  if (!(goal.confidence > 0 && goal.confidence <= 1)) {
    throw InvalidArgument("the confidence must be above 0 and at most 1, came " + std::to_string(goal.confidence));
  }
  if (!goal.good_enough) return;
  if (!(*goal.good_enough >= 0 && *goal.good_enough < 1)) {
    throw InvalidArgument("`good_enough`, a difference of win rates, must be at least 0 and below 1, came " +
                          std::to_string(*goal.good_enough));
  }
  if (goal.epsilon > 0 || goal.population) {
    throw InvalidArgument("`good_enough` says what is allowed: give it without `epsilon` and `population`");
  }
}

}  // namespace assay::select
