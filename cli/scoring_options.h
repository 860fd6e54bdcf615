#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "assay/app/allocate.h"

namespace assay::cli {

/// --skip-unscored, --scale: which scores are taken; the judge is named elsewhere. Empty scale: not
/// declared.
void add_scoring_options(CLI::App& app, store::ScoringChoice& choice, std::optional<Scale>& scale);

/// --estimate, and an option for each parameter of the allocators. What is not given is the allocator's own.
void add_estimate_options(CLI::App& app, std::optional<allocate::EstimateRule>& estimate, GivenParameters& given);

/// The allocators, for a footer.
std::string allocator_listing();

}  // namespace assay::cli
