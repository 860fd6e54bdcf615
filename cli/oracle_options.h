#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "assay/app/oracle_choice.h"
#include "cli/terminal.h"

namespace assay {

/// --oracle, --timeout and what goes with single oracles. Ctrl-C ends a live oracle's waiting; what a program says
/// on the side is shown on `terminal`.
void add_oracle_options(CLI::App& app, OracleOptions& options, Terminal& terminal);

/// The oracles that give verdicts, or scores, for a footer.
std::string oracle_listing(bool scores);

}  // namespace assay
