#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include "cli/terminal.h"

namespace assay::cli {

/// Arguments that no verb takes so.
class Misused : public std::runtime_error {
 public:
  Misused(const std::string& what, std::string command) : std::runtime_error(what), command_(std::move(command)) {}
  /// "assay select", or as much of it as was recognised.
  const std::string& command() const { return command_; }

 private:
  std::string command_;
};

/// The command with all verbs and their options; `terminal` must outlive it.
std::unique_ptr<CLI::App> make_verbs(Terminal& terminal);

/// Does what the arguments after "assay" say; `terminal.exit_status` is then the exit status. Throws Misused, and
/// what the verb throws.
void run_verb(std::span<const std::string> arguments, Terminal& terminal);

}  // namespace assay::cli
