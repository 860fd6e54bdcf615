#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "cli/candidate_options.h"
#include "cli/terminal.h"

namespace assay::cli {

/// What `select` and `find` are told.
struct SelectArguments {
  app::SelectRequest request;
  CandidateArguments candidates;
  bool dry_run = false;
  bool verbose = false;
  std::string plot;
};

/// What is compared, by which strategy, towards what: whoever is asked. Returns its options.
std::vector<const CLI::Option*> add_rule_options(CLI::App& app, app::SelectRequest& request);
/// All options but the study. `finds`: candidates are needed. Returns those of `add_rule_options`.
std::vector<const CLI::Option*> add_selection_options(CLI::App& app, SelectArguments& options, Terminal& terminal,
                                                      bool finds);
/// Completes them when all are read: files of candidates and prices, keys. Throws as `finish_llm_options` and
/// `finish_candidates`.
void finish_selection_options(const CLI::App& app, SelectArguments& options);
/// Asks, and prints the report.
void run_selection(SelectArguments& options, Terminal& terminal);

}  // namespace assay::cli
