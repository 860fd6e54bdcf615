#include "assay/judge/dialogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using TurnClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurnGlance{200};
constexpr std::size_t kShown = 200;  // bytes of what a program said

}  // namespace

Dialogue::Dialogue(const std::vector<std::string>& words, std::string title, ProgramHooks hooks)
    : program_(start_program(words, hooks.start)), title_(std::move(title)), hooks_(std::move(hooks)) {}

void Dialogue::tell(std::string_view line) {
  program_->send(line);
  program_->send("\n");
}

std::string Dialogue::ask(std::string_view line) {
  if (const auto early = program_->line()) {
    fail("it wrote " + quoted(*early, kShown) + ", which nobody had asked for");
  }
  tell(line);
  const TurnClock::time_point asked = TurnClock::now();
  while (true) {
    program_->wait(std::min(kTurnGlance, hooks_.silence));
    hear_remarks();
    if (std::optional<std::string> answer = program_->line()) return std::move(*answer);
    if (const std::string broken = program_->broken(); !broken.empty()) {
      fail(fmt::format("{}, asked {}", broken, quoted(line)));
    }
    if (!program_->hosted() && TurnClock::now() - asked > hooks_.silence) {
      fail(fmt::format("it gave no answer to {} for {:g} seconds", quoted(line),
                       std::chrono::duration<double>(hooks_.silence).count()));
    }
    check_patience();
  }
}

// Whoever does not wait for the answer is not to wait for the program's end either.
void Dialogue::check_patience() {
  if (!hooks_.waiting) return;
  try {
    hooks_.waiting();
  } catch (...) {
    program_->kill_now();
    throw;
  }
}

void Dialogue::hear_remarks() {
  while (const auto remark = program_->remark()) {
    if (!remark->empty()) last_remark_ = *remark;
    if (hooks_.said) hooks_.said(*remark);
  }
}

void Dialogue::fail(const std::string& reason) {
  program_->kill_now();
  program_->wait(std::chrono::milliseconds(0));  // what it said at its end
  hear_remarks();
  throw Error(title_ + " failed: " + reason +
              (last_remark_.empty() ? "" : "; it last said " + quoted(last_remark_, kShown)));
}

}  // namespace assay::judge
