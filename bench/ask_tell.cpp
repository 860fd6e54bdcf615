// What a run costs that is asked and told: m = 100 models, n = 10,000 queries, 50,000 calls, 16 at a time. Prints
// processor seconds, and what the run found; bench/ask_tell.py compares that with the same run in Python.

#include <fmt/format.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "assay/asking/select_run.h"

namespace {

using namespace assay;

constexpr std::size_t kModels = 100;
constexpr std::size_t kQueries = 10'000;
constexpr std::size_t kCalls = 50'000;
constexpr std::size_t kAtATime = 16;

// The same in ask_tell.py.
double reward(std::uint64_t query, std::uint64_t model) {
  const std::uint64_t mixed = (query * 1'000'003 + model * 7'919 + query * model) % 1'000;
  return mixed < 300 + 4 * model ? 1 : 0;
}

}  // namespace

int main() {
  asking::SelectSetup setup;
  for (std::size_t j = 0; j < kModels; ++j) setup.models.push_back(std::to_string(j));
  setup.queries = kQueries;
  setup.strategy = &select::strategy("assay");
  setup.returns = setup.strategy->returns;
  setup.alone = true;
  setup.budget = kCalls;
  setup.problem.step = 0;
  const std::clock_t begun = std::clock();
  asking::SelectRun run(std::move(setup));
  while (true) {
    const std::vector<asking::Ask> asks = run.next(kAtATime);
    if (asks.empty()) break;
    std::vector<asking::Answer> answers;
    for (const asking::Ask& ask : asks) answers.push_back({ask, reward(ask.item / kModels, ask.item % kModels)});
    run.take(answers);
  }
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  const asking::SelectState state = run.state();
  fmt::print("{:.4f} {} {} {}\n", seconds, state.calls, state.leader, run.selection().decision()->risk());
}
