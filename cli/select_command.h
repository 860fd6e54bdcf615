#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

#include "assay/asking/select_run.h"

namespace assay::cli {

/// These options as they were typed, a word each, those that were not given left out: "--seed=2".
std::vector<std::string> typed(std::span<const CLI::Option* const> options);

/// The command that repeats a selection: "assay select alpaca.assay --oracle kept --seed=2". `given`: its options,
/// as `typed` has them. Words that a shell would take apart stand in quotes.
std::string select_command(const std::string& study, const std::vector<std::string>& given,
                           const asking::SelectReport& report);

}  // namespace assay::cli
