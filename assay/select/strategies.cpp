#include <array>
#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "assay/select/makers.h"
#include "assay/select/strategy.h"

namespace assay::select {
namespace {

constexpr std::array kStrategies = {
    StrategyEntry{.name = "assay",
                  .help = "single calls, for the models that can still be best; stops when sure",
                  .uses_features = true,
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
                  .uses_loss_draw = true,
                  .returns = ReturnRule::posterior,
                  .make = make_llm_selector},
    StrategyEntry{.name = "select-llm",
                  .help = "rows on which the models that may be best answer least alike",
                  .whole_rows = true,
                  .needs_similarity = true,
                  .uses_temperature = true,
                  .returns = ReturnRule::posterior,
                  .make = make_select_llm},
};

std::vector<Parameters> loss_draw_grid() {
  std::vector<Parameters> grid;
  for (int loss = 1; 3 * loss <= 20; ++loss) {
    for (int draw = loss; loss + 2 * draw <= 20; ++draw) grid.push_back({.loss = loss / 20.0, .draw = draw / 20.0});
  }
  return grid;
}

std::vector<Parameters> temperature_grid() {
  std::vector<Parameters> grid;
  for (int power = -2; power <= 6; ++power) grid.push_back({.temperature = std::ldexp(1.0, power)});
  return grid;
}

}  // namespace

std::span<const StrategyEntry> strategies() { return kStrategies; }

const StrategyEntry& strategy(std::string_view name) {
  std::string names;
  for (const StrategyEntry& entry : kStrategies) {
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

std::string_view name(StopRule rule) { return rule == StopRule::model ? "model" : "guaranteed"; }

std::vector<Parameters> parameter_grid(const StrategyEntry& entry) {
  if (entry.uses_loss_draw) return loss_draw_grid();
  if (entry.uses_temperature) return temperature_grid();
  return {Parameters{}};
}

void check(const Parameters& parameters) {
  const auto positive = [](double x) { return std::isfinite(x) && x > 0; };
  if (!positive(parameters.loss) || !positive(parameters.draw) || !(parameters.loss + parameters.draw < 1)) {
    throw InvalidArgument("e_loss and e_draw must be positive and their sum below 1, came " +
                          std::to_string(parameters.loss) + " and " + std::to_string(parameters.draw));
  }
  if (!positive(parameters.temperature)) {
    throw InvalidArgument("the temperature must be positive, came " + std::to_string(parameters.temperature));
  }
}

void check(const Goal& goal) {
  if (!(goal.epsilon >= 0 && goal.epsilon < 1)) {
    throw InvalidArgument("epsilon, a difference of win rates, must be at least 0 and below 1, came " +
                          std::to_string(goal.epsilon));
  }
  if (!(goal.confidence > 0 && goal.confidence <= 1)) {
    throw InvalidArgument("the confidence must be above 0 and at most 1, came " + std::to_string(goal.confidence));
  }
}

}  // namespace assay::select
