#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "assay/judge/program.h"

namespace assay::judge {

/// What a program is told and heard beside its answers.
struct ProgramHooks {
  /// A program that is asked and says nothing for so long has failed. Positive.
  std::chrono::milliseconds silence{60'000};
  /// Called now and then while a program is waited for; may throw to end the run.
  std::function<void()> waiting = {};
  /// Told each line that a program writes to its standard error. Content of strangers.
  std::function<void(std::string_view)> said = {};
  /// Programs that the caller has itself.
  StartProgram start = {};
};

}  // namespace assay::judge
