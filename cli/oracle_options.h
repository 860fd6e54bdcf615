#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "assay/app/oracle_choice.h"

namespace assay {

/// --oracle and what goes with single oracles.
void add_oracle_options(CLI::App& app, OracleOptions& options);

/// The oracles that give verdicts, or scores, for a footer.
std::string oracle_listing(bool scores);

}  // namespace assay
