// One step of llm-selector, the choice of the next query, beside plain loops over the cells; calls chosen by
// assay, beside random rows; and 1000 realizations of all strategies on AlpacaEval.

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>
#include <utility>

#include "assay/app/import.h"
#include "assay/app/simulate.h"
#include "assay/core/rng.h"
#include "assay/select/llm_selector.h"
#include "assay/select/pool.h"
#include "assay/select/selection.h"
#include "bench/measure.h"
#include "tests/select/borrowed.h"
#include "tests/sim/scenario.h"

namespace {

using namespace assay;

constexpr int kRuns = 5;
constexpr int kSteps = 20;
constexpr std::size_t kFirstCalls = 2000;
constexpr std::array<std::pair<std::size_t, std::size_t>, 3> kSizes = {{{53, 500}, {100, 10'000}, {500, 1000}}};

select::WeakVerdicts random_verdicts(std::size_t queries, std::size_t models, std::size_t judges) {
  Rng rng(1);
  std::vector<OutcomeTable> tables(judges, OutcomeTable(queries, models));
  for (OutcomeTable& table : tables) {
    for (std::size_t q = 0; q < queries; ++q) {
      for (Outcome& outcome : table.row(query_id(q))) outcome = static_cast<Outcome>(1 + rng.below(3));
    }
  }
  return select::WeakVerdicts(tables);
}

// The expected entropy by the definition, from a table of outcomes per judge.
double plain_expected_entropy(const std::vector<std::vector<Outcome>>& rows,
                              const select::BestModelPosterior& posterior) {
  double sum = 0;
  for (const std::vector<Outcome>& row : rows) {
    double z = 0;
    for (std::size_t j = 0; j < row.size(); ++j) {
      z += posterior.probabilities()[j] * posterior.likelihood()[static_cast<std::size_t>(row[j])];
    }
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double p = posterior.probabilities()[j] * posterior.likelihood()[static_cast<std::size_t>(row[j])] / z;
      sum -= p * std::log(p);
    }
  }
  return sum / static_cast<double>(rows.size());
}

void bench_step(std::size_t queries, std::size_t models) {
  constexpr std::size_t kJudges = 10;
  const select::WeakVerdicts weak = random_verdicts(queries, models, kJudges);
  select::BestModelPosterior posterior(models, {});
  std::vector<Outcome> row(models, Outcome::win);
  row[0] = Outcome::loss;
  posterior.update(row);
  std::vector<std::vector<std::vector<Outcome>>> rows(queries);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t k = 0; k < kJudges; ++k) {
      std::vector<Outcome>& cells = rows[q].emplace_back();
      for (std::size_t j = 0; j < models; ++j) cells.push_back(weak.at(k, query_id(q), model_id(j)));
    }
  }
  std::vector<double> fast;
  std::vector<double> ratios;
  double check = 0;
  for (int run = 0; run < kRuns; ++run) {
    fast.push_back(seconds_of([&] {
                     for (int step = 0; step < kSteps; ++step) {
                       select::SubsetSums sums;
                       sums.build(posterior.probabilities());
                       for (std::size_t q = 0; q < queries; ++q) {
                         check += select::expected_entropy(weak, query_id(q), posterior, sums);
                       }
                     }
                   }) /
                   kSteps);
    const double plain = seconds_of([&] {
      for (std::size_t q = 0; q < queries; ++q) check -= kSteps * plain_expected_entropy(rows[q], posterior);
    });
    ratios.push_back(plain / fast.back());
  }
  fmt::print(
      "  m = {:>3}, n = {:>6}: {:>7.3f} ms a step, plain loops take {:.1f} times as long (differ by {:.0e})\n",
      models, queries, 1e3 * median(fast), median(ratios), std::abs(check) / static_cast<double>(queries));
}

// Milliseconds of processor time for a call: to choose it, to be told of its verdict, and to see whether to stop.
struct CallTimes {
  double first = 0;  // mean of the first kFirstCalls; 0 if there were fewer
  double all = 0;    // mean of all
  std::size_t calls = 0;
};

// One run until it stops, or for `most` calls. As many calls at a time as the command asks for.
CallTimes time_calls(const select::StrategyEntry& entry, const ScenarioTable& table, std::size_t most) {
  const std::size_t models = table.rewards.models();
  const std::vector<QueryId> pool = select::draw_pool(table.rewards.queries(), table.rewards.queries(), 1);
  const select::Problem problem{.models = models, .pool = pool, .features = borrowed(*table.features), .seed = 1};
  select::Selection selection(entry, problem, {}, entry.returns);
  const select::Decision* decision = selection.decision();
  std::vector<Call> calls;
  std::vector<Verdict> verdicts;
  CallTimes times;
  bool over = false;
  const std::clock_t begin = std::clock();
  const auto milliseconds_a_call = [&] {
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    return 1e3 * seconds / static_cast<double>(selection.calls());
  };
  while (!over && selection.calls() < most) {
    calls.clear();
    selection.propose(entry.whole_rows ? models : 1, calls);
    verdicts.clear();
    for (const Call& call : calls) verdicts.push_back({call, table.rewards.at(call.query, call.model)});
    selection.observe(verdicts);
    over = calls.empty() || (decision != nullptr && decision->risk() <= 1 - problem.goal.confidence);
    if (times.first == 0 && selection.calls() >= kFirstCalls) times.first = milliseconds_a_call();
  }
  times.calls = selection.calls();
  times.all = milliseconds_a_call();
  return times;
}

void bench_calls(std::size_t queries, std::size_t models) {
  const ScenarioTable table = draw_table({.name = "", .models = models, .queries = queries, .pool = queries}, 1);
  const CallTimes assay = time_calls(select::strategy("assay"), table, models * queries);
  const CallTimes random = time_calls(select::strategy("random"), table, assay.calls);
  fmt::print(
      "  m = {:>3}, n = {:>6}: {:.4f} ms a call ({:.0f} times random rows), {:.4f} ms of the first {}, stops after "
      "{} "
      "calls\n",
      models, queries, assay.all, assay.all / random.all, assay.first, kFirstCalls, assay.calls);
}

// Processor time, of all threads, tells more where the machine has other work.
struct Took {
  double seconds = 0;
  double processor = 0;
};

Took simulate(const app::SimulateRequest& request) {
  const std::clock_t begin = std::clock();
  Took took;
  took.seconds = seconds_of([&] { app::run_simulate(request); });
  took.processor = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return took;
}

void bench_simulate(const app::SimulateRequest& request, const char* what) {
  app::SimulateRequest rows = request;
  rows.strategies = {"random"};
  const Took random = simulate(rows);
  const Took took = simulate(request);
  fmt::print("  {}, budget {}: {:.1f} s ({:.1f} s of processor time), {:.0f} times random rows alone\n", what,
             *request.budget, took.seconds, took.processor, took.processor / random.processor);
}

}  // namespace

int main() {
  fmt::print("select: choice of the next query by llm-selector, 10 weak judges, one core, median of {} runs\n",
             kRuns);
  for (const auto& [models, queries] : kSizes) bench_step(queries, models);
  fmt::print(
      "select: choice of the next call by assay, processor time with all that a verdict costs, one run each\n"
      "  (target: below 0.2 ms at m = 100, n = 10000)\n");
  for (const auto& [models, queries] : kSizes) bench_calls(queries, models);
  const std::filesystem::path results = alpaca_eval_results();
  if (results.empty()) {
    fmt::print("simulate: skipped, ASSAY_BENCH_DATA names no folder with alpaca_eval/results\n");
    return 0;
  }
  const ScratchFolder folder;
  app::SimulateRequest request;
  request.study = folder.file("a.assay");
  request.pool = 500;
  request.budget = 200;
  app::run_import({.format = "alpaca-eval", .paths = {results.string()}, .study = request.study, .options = {}});
  for (const select::StrategyEntry& entry : select::strategies()) {
    if (!entry.stops) request.strategies.emplace_back(entry.name);
  }
  fmt::print("simulate: AlpacaEval, {} realizations, pool {} (target: below 60 s)\n", request.realizations,
             *request.pool);
  bench_simulate(request, "7 strategies, with weak judges and grid search");
  bench_simulate(request, "7 strategies, once these are kept");
  request.strategies = {"assay"};
  request.budget = request.pool;
  bench_simulate(request, "assay told epsilon 0, both rules to stop");
}
