// Whole replays of allocators as published (K = 1017, B = 100,000, 50 runs), beside a loop that looks at every arm
// to find the next; and a decision of each allocator as the arms grow.

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "assay/allocate/allocation.h"
#include "assay/core/rng.h"
#include "assay/core/scores.h"
#include "assay/sim/allocation_replay.h"
#include "bench/measure.h"

namespace {

using namespace assay;

constexpr std::size_t kArms = 1017;
constexpr std::size_t kBudget = 100'000;

// Whole scores from 1 to 5, some arms always the same.
ScoreTable judge_like(std::size_t arms) {
  Rng rng(1);
  ScoreTable table;
  std::vector<double> scores(20);
  for (std::size_t i = 0; i < arms; ++i) {
    const double mean = 1 + 4 * rng.uniform();
    const double spread = rng.uniform() < 0.3 ? 0 : rng.uniform();
    for (double& score : scores) score = std::min(5.0, std::max(1.0, std::round(mean + spread * rng.normal())));
    table.add_arm(scores);
  }
  return table;
}

void bench_replay() {
  const ScoreTable table = judge_like(kArms);
  sim::AllocationSetup setup;
  setup.scores = &table;
  setup.runs = 50;
  for (std::size_t b = 1; b <= 10; ++b) setup.budgets.push_back(b * kBudget / 10);
  std::vector<sim::AllocationCompetitor> competitors;
  for (const allocate::AllocatorEntry& entry : allocate::allocators()) {
    if (entry.name != "uniform") competitors.push_back({&entry, {}, entry.estimate});  // it takes part anyway
  }
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) seconds.push_back(seconds_of([&] { sim::replay(setup, competitors); }));
  const double decisions = 4.0 * kBudget * 50;
  fmt::print("replay, {} arms, {} calls, 4 allocators, 50 runs: {:.2f} s (median of 5), {:.0f} ns a decision\n",
             kArms, kBudget, median(seconds), 1e9 * median(seconds) / decisions);
}

double seconds_of_run(const allocate::AllocatorEntry& entry, const ScoreTable& table,
                      std::span<const double> variances, std::size_t calls) {
  allocate::Allocation allocation(entry, {table.arms(), variances}, {});
  return seconds_of([&] {
    for (std::size_t i = 0; i < calls; ++i) {
      const ArmId arm = allocation.next();
      allocation.observe(arm, recorded_score(table, 1, {arm, allocation.arms()[index(arm)].calls - 1}));
    }
  });
}

// What ROBIN would take if it looked at every arm.
double seconds_of_plain_run(const ScoreTable& table, std::span<const double> variances, std::size_t calls) {
  std::vector<allocate::ArmTally> arms(table.arms());
  return seconds_of([&] {
    for (std::size_t i = 0; i < calls; ++i) {
      std::size_t best = 0;
      double highest = -1;
      for (std::size_t k = 0; k < arms.size(); ++k) {
        const double priority = arms[k].calls == 0 ? 1e300 : variances[k] / arms[k].calls;
        if (priority > highest) {
          highest = priority;
          best = k;
        }
      }
      arms[best].add(recorded_score(table, 1, {arm_id(best), arms[best].calls++}));
    }
  });
}

void bench_growth() {
  for (const std::size_t arms : {std::size_t{100}, kArms, std::size_t{10'000}, std::size_t{100'000}}) {
    const ScoreTable table = judge_like(arms);
    const std::vector<double> variances = sim::variances_of(table);
    const std::size_t plain_calls = std::min<std::size_t>(50 * arms, 20'000);
    const double plain = seconds_of_plain_run(table, variances, plain_calls) / static_cast<double>(plain_calls);
    std::string text;
    for (const allocate::AllocatorEntry& entry : allocate::allocators()) {
      const double each = seconds_of_run(entry, table, variances, 50 * arms) / (50.0 * static_cast<double>(arms));
      text += fmt::format("  {} {:.0f} ns ({:.1f} x)", entry.name, 1e9 * each, plain / each);
    }
    fmt::print("a decision, {} arms, 50 calls each; in brackets how often faster than looking at every arm:{}\n",
               arms, text);
  }
}

}  // namespace

int main() {
  bench_replay();
  bench_growth();
}
