#include "cli/scoring_options.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "cli/help.h"

namespace assay::cli {

void add_scoring_options(CLI::App& app, store::ScoringChoice& choice, std::optional<Scale>& scale) {
  const std::string group = "What is scored";
  app.add_flag("--skip-unscored", choice.skip_unscored, "Leave out responses to which every recorded call failed")
      ->group(group);
  const auto take = [&scale](const std::vector<double>& ends) { scale = Scale{ends[0], ends[1]}; };
  app.add_option_function<std::vector<double>>(
         "--scale", take,
         "Lowest and highest score there is (default: those on record); a score outside is an error")
      ->delimiter(',')
      ->expected(2)
      ->allow_extra_args(false)
      ->option_text("LOW,HIGH")
      ->group(group);
}

void add_estimate_options(CLI::App& app, std::optional<allocate::EstimateRule>& estimate, GivenParameters& given) {
  const auto take = [&estimate](const std::string& text) { estimate = allocate::estimate_rule(text); };
  app.add_option_function<std::string>(
         "--estimate", take,
         "What is taken for the mean of a response: mean, of its scores, or centre, of "
         "where it may be (default: the allocator's own)")
      ->option_text("KIND");
  for (const Parameter& parameter : all_parameters(allocate::allocators())) {
    const auto take_value = [&given, name = std::string(parameter.name)](double value) { given[name] = value; };
    app.add_option_function<double>(
        "--" + std::string(parameter.name), take_value,
        fmt::format("{}: {} (default: {:g})", rows_with(allocate::allocators(), parameter.name), parameter.help,
                    parameter.default_value));
  }
}

std::string allocator_listing() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const allocate::AllocatorEntry& entry : allocate::allocators()) rows.emplace_back(entry.name, entry.help);
  return listing("Allocators", rows);
}

}  // namespace assay::cli
