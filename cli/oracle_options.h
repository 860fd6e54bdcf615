#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "assay/asking/oracles.h"
#include "cli/terminal.h"

namespace assay::cli {

/// --oracle, --timeout and what goes with single oracles. Ctrl-C ends a live oracle's waiting; what a program says
/// on the side is shown on `terminal`.
void add_oracle_options(CLI::App& app, asking::OracleOptions& options, Terminal& terminal);

/// Shows why nothing is sent to an endpoint in trouble: in the line of progress, or, where there is none, at once
/// and then every half minute.
std::function<void(std::string_view)> trouble_line(Terminal& terminal);

/// Options of an LLM as judge that say how it is reached and asked, and what it may cost, in a group. The three
/// texts say what is so where they are left out, and of whom the limit of cost is.
struct EndpointHelp {
  std::string group;
  std::string url;
  std::string model;
  std::string most_cost;
};
void add_endpoint_options(CLI::App& app, asking::LlmOptions& options, const EndpointHelp& help);

/// --timeout of whoever is waited for.
void add_timeout_option(CLI::App& app, std::chrono::milliseconds& timeout);

/// --judge-url, --judge-model and what else goes with --oracle llm, in a group of their own; `pairs`: also the
/// order and the repeats. To be completed by `finish_llm_options` when all options are read. Returns where
/// --dry-run is noted.
void add_llm_options(CLI::App& app, asking::LlmOptions& options, bool pairs, bool& dry_run);
/// Takes the key, and the URL if neither was given nor remembered, from the environment. Throws
/// CLI::ValidationError if the variable that --judge-key-env names is not set, and if options of an LLM were given
/// to another oracle; `answers`: but for those that go with candidates who answer, too.
void finish_llm_options(const CLI::App& app, asking::OracleOptions& options, bool dry_run, bool answers = false);

/// The oracles that give verdicts, or scores, for a footer.
std::string oracle_listing(bool scores);

}  // namespace assay::cli
