// How often the calls of whole runs are within the forecast of `--dry-run` (select/probable_calls.h): the table of
// docs/results/select.md. Usage:
//
//   bench_forecast RUNS SEED [STUDY...]
//
// RUNS on each study, and a sixth as many on each family of made-up tables. A run takes 3 to 100 models, in half of
// the runs neighbours in the order of their means, and 50 to 800 queries.

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>

#include "assay/core/rng.h"
#include "assay/select/pool.h"
#include "assay/select/probable_calls.h"
#include "assay/select/selection.h"
#include "assay/store/study.h"
#include "bench/measure.h"
#include "tests/sim/scenario.h"

namespace {

using namespace assay;

constexpr double kRisk = 0.05;
constexpr std::size_t kFewestQueries = 50;
constexpr std::size_t kMostQueries = 800;

struct Tables {
  const RewardTable* rewards = nullptr;
  double step = 0;
  std::vector<std::size_t> models;  // columns of the table
};

struct Ended {
  std::size_t calls = 0;  // new ones
  std::vector<Verdict> verdicts;
  std::vector<select::EarlierDraws> draws;
};

struct Tally {
  std::size_t runs = 0, below = 0, above = 0;
  std::vector<double> widths;
};

using Tallies = std::map<std::string, Tally>;

Ended run(const Tables& tables, const std::vector<QueryId>& pool, const Ended& before, std::uint64_t seed) {
  const select::StrategyEntry& entry = select::strategy("assay");
  select::Problem problem{.models = tables.models.size(), .pool = pool};
  problem.step = tables.step;
  problem.seed = seed;
  problem.known = before.verdicts;
  problem.earlier = before.draws;
  select::Selection selection(entry, problem, {}, entry.returns);
  Ended end{.verdicts = before.verdicts};
  std::vector<Call> calls;
  while (selection.decision()->risk() > kRisk) {
    calls.clear();
    selection.propose(1, calls);
    if (calls.empty()) break;
    const std::size_t column = tables.models[index(calls[0].model)];
    const Verdict verdict(calls[0], tables.rewards->at(calls[0].query, model_id(column)));
    selection.observe({&verdict, 1});
    end.verdicts.push_back(verdict);
    ++end.calls;
  }
  end.draws = selection.draws();
  return end;
}

void compare(const std::string& what, const Tables& tables, const std::vector<QueryId>& pool, const Ended& before,
             std::uint64_t seed, Tallies& tallies) {
  std::vector<select::KnownOfModel> known(tables.models.size());
  for (const Verdict& verdict : before.verdicts) {
    if (std::isnan(verdict.reward)) continue;
    ++known[index(verdict.call.model)].answers;
    known[index(verdict.call.model)].sum += verdict.reward;
  }
  const select::CallRange range = select::probable_calls(known, pool.size(), 0);
  const std::size_t calls = run(tables, pool, before, seed).calls;
  Tally& tally = tallies[what];
  ++tally.runs;
  tally.below += calls < range.least ? 1 : 0;
  tally.above += calls > range.most ? 1 : 0;
  tally.widths.push_back(static_cast<double>(range.most) /
                         static_cast<double>(std::max<std::size_t>(1, range.least)));
}

std::vector<std::size_t> some_models(const RewardTable& rewards, Rng& rng) {
  constexpr std::array<std::size_t, 10> kSizes = {3, 4, 5, 6, 8, 12, 20, 30, 50, 100};
  const std::size_t m = std::min(kSizes[rng.below(kSizes.size())], rewards.models());
  std::vector<std::size_t> models(rewards.models());
  std::iota(models.begin(), models.end(), std::size_t{0});
  rng.shuffle(std::span(models));
  if (rng.below(2) == 0) {
    const std::vector<double> means = rewards.means();
    std::ranges::stable_sort(models, std::greater{}, [&](std::size_t j) { return means[j]; });
    const auto first = static_cast<std::ptrdiff_t>(rng.below(rewards.models() - m + 1));
    models.erase(models.begin(), models.begin() + first);
    models.resize(m);
    rng.shuffle(std::span(models));
  }
  models.resize(m);
  return models;
}

// A fresh run; one with a model more; one with a fifth more queries; one of which a fifth of the rows is known.
void once(const RewardTable& rewards, double step, Rng& rng, std::uint64_t seed, Tallies& tallies) {
  const Tables all{&rewards, step, some_models(rewards, rng)};
  const double most = static_cast<double>(std::min(kMostQueries, rewards.queries()));
  const double least = std::min(most, static_cast<double>(kFewestQueries));
  const auto n = static_cast<std::size_t>(least * std::pow(most / least, rng.uniform()));
  const std::vector<QueryId> pool = select::draw_pool(rewards.queries(), n, seed);
  compare("nothing is known", all, pool, {}, seed, tallies);

  Tables fewer = all;
  fewer.models.pop_back();
  if (fewer.models.size() > 1) {
    compare("one model is new", all, pool, run(fewer, pool, {}, seed), seed, tallies);
  }

  const std::vector<QueryId> old(pool.begin(), pool.begin() + static_cast<std::ptrdiff_t>(n * 5 / 6));
  compare("a sixth of the queries is new", all, pool, run(all, old, {}, seed), seed, tallies);

  Ended rows;
  for (std::size_t q = 0; q < n / 5; ++q) {
    for (std::size_t j = 0; j < all.models.size(); ++j) {
      rows.verdicts.push_back({{pool[q], model_id(j)}, rewards.at(pool[q], model_id(all.models[j]))});
    }
  }
  compare("a fifth of the rows is known", all, pool, rows, seed, tallies);
}

void print(const std::string& set, const Tallies& tallies) {
  for (const auto& [what, tally] : tallies) {
    const auto share = [&](std::size_t count) {
      return 100 * static_cast<double>(count) / static_cast<double>(tally.runs);
    };
    fmt::print("| {} | {} | {} | {:.0f} % | {:.0f} % | {:.0f} % | {:.1f} |\n", set, what, tally.runs,
               share(tally.runs - tally.below - tally.above), share(tally.below), share(tally.above),
               median(tally.widths));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t runs = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 24;
  const std::uint64_t seed = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
  Rng rng(seed, 0);
  fmt::print("| set | what is known | runs | within | fewer | more | most / least |\n");
  fmt::print("| --- | --- | --- | --- | --- | --- | --- |\n");
  for (int a = 3; a < argc; ++a) {
    const store::Comparison comparison = store::Study(argv[a], store::Study::Mode::read).comparison({});
    Tallies tallies;
    for (std::size_t i = 0; i < runs; ++i) once(comparison.rewards, comparison.step, rng, seed + i, tallies);
    print(argv[a], tallies);
  }
  Tallies tallies;
  for (const Scenario& scenario : scenarios()) {
    if (scenario.weights > 0 || scenario.queries > 5000 || scenario.models > 150) continue;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, runs / 6); ++i) {
      const ScenarioTable table = draw_table(scenario, seed + i);
      once(table.rewards, table.step, rng, seed + i, tallies);
    }
  }
  print("made-up", tallies);
}
