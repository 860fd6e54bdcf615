#pragma once

#include <CLI/CLI.hpp>

#include "cli/terminal.h"

namespace assay::cli {

/// Exit statuses of the command.
enum class Exit : int {
  done = 0,
  failed = 1,         ///< The operation failed.
  misused = 2,        ///< The command was used wrongly.
  undecided = 3,      ///< The budget ended before the confidence that was asked for was reached,
                      ///< or batches are to be answered first.
  check_failed = 4,   ///< All went well, but what `report` checks is not so.
  interrupted = 130,  ///< By SIGINT, as shells have it.
};

/// A verb of the command: adds its options to `app`, and its work as the callback. Results go to standard output,
/// the rest through `terminal` to standard error.
using AddVerb = void (*)(CLI::App& app, Terminal& terminal);

void add_import(CLI::App& app, Terminal& terminal);
void add_export(CLI::App& app, Terminal& terminal);
void add_info(CLI::App& app, Terminal& terminal);
void add_remove(CLI::App& app, Terminal& terminal);
void add_weak_judges(CLI::App& app, Terminal& terminal);
void add_find(CLI::App& app, Terminal& terminal);
void add_select(CLI::App& app, Terminal& terminal);
void add_rate(CLI::App& app, Terminal& terminal);
void add_trust(CLI::App& app, Terminal& terminal);
void add_allocate(CLI::App& app, Terminal& terminal);
void add_route(CLI::App& app, Terminal& terminal);
void add_ensemble(CLI::App& app, Terminal& terminal);
void add_simulate(CLI::App& app, Terminal& terminal);
void add_replay_judge(CLI::App& app, Terminal& terminal);
void add_report(CLI::App& app, Terminal& terminal);
void add_doctor(CLI::App& app, Terminal& terminal);
void add_synth(CLI::App& app, Terminal& terminal);
void add_serve(CLI::App& app, Terminal& terminal);
void add_view(CLI::App& app, Terminal& terminal);

}  // namespace assay::cli
