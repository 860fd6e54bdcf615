#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/program_hooks.h"

namespace assay::judge {

/// A program that is spoken to in turns: some lines it only hears, others it answers with one line each.
///
///     Dialogue dialogue({"bc"}, "the program \"bc\"", {});
///     dialogue.tell("x = 20");
///     dialogue.ask("x + 1");  // "21"
class Dialogue {
 public:
  /// `words`: as for start_program. `title`: who it is, as messages begin. Throws OracleError if it can't be
  /// started.
  Dialogue(const std::vector<std::string>& words, std::string title, ProgramHooks hooks);

  /// A line, without its end, that the program does not answer. It goes out with the next one that it does.
  void tell(std::string_view line);

  /// The answer to a line, without its end. Throws Error if the program ends, is silent for too long, writes
  /// endless lines, or wrote something before it was asked. Where it throws, the program is killed.
  std::string ask(std::string_view line);

  /// Kills the program and throws Error: title, reason, what the program last said.
  [[noreturn]] void fail(const std::string& reason);

 private:
  void check_patience();
  void hear_remarks();

  std::unique_ptr<Program> program_;
  std::string title_;
  ProgramHooks hooks_;
  std::string last_remark_;
};

}  // namespace assay::judge
