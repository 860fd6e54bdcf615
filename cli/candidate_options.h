#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "assay/app/select.h"
#include "cli/terminal.h"

namespace assay::cli {

/// What --candidates and its kin say.
struct CandidateArguments {
  std::string file;                 ///< Empty: nobody answers anew.
  double answer_timeout = 120;      ///< Seconds.
  std::optional<double> per_month;  ///< Prompts.
};

/// --candidates (unless it is `required`, optional), --answer-timeout, --per-month.
void add_candidate_options(CLI::App& app, CandidateArguments& arguments, Terminal& terminal,
                           app::SelectRequest& request, bool required);

/// Reads the candidates, their prices where --prices has them, and their keys from the environment. The key of
/// OPENAI_API_KEY goes to the default address alone. `sends`: false where nobody will be asked, and no key is
/// needed.
void finish_candidates(const CandidateArguments& arguments, app::SelectRequest& request, bool sends);

}  // namespace assay::cli
