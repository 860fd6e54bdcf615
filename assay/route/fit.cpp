#include "assay/route/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "assay/core/error.h"
#include "assay/route/accuracy.h"
#include "assay/route/held_out.h"
#include "assay/route/query_effect.h"
#include "assay/route/query_spread.h"
#include "assay/route/reliability.h"
#include "assay/route/ridge.h"
#include "assay/route/stacking_weights.h"
#include "assay/stats/correlation.h"

namespace assay::route {
namespace {

constexpr std::array kBandwidths = {0.1, 0.3, 1.0, 3.0, 10.0};  // in standard deviations of the descriptor

void check(const BenchmarkView& benchmark) {
  const std::size_t n = benchmark.queries();
  const bool fits = benchmark.cells.size() == n * benchmark.models && benchmark.same_text.size() == n &&
                    benchmark.vectors.dimensions > 0 &&
                    benchmark.vectors.values.size() == n * benchmark.vectors.dimensions &&
                    std::all_of(benchmark.task.begin(), benchmark.task.end(),
                                [&](std::uint32_t task) { return task < benchmark.tasks; });
  if (!fits) throw InvalidArgument("the parts of the benchmark do not fit together");
  std::vector<std::size_t> of_task(benchmark.tasks, 0);
  for (const std::uint32_t task : benchmark.task) ++of_task[task];
  if (n > 0 && std::ranges::find(of_task, 0U) != of_task.end()) {
    throw InvalidArgument("expected queries of every task, came a task without any");
  }
  if (n == 0 || benchmark.models == 0) {
    throw InvalidArgument(fmt::format("expected queries and models, came {} and {}", n, benchmark.models));
  }
  if (std::all_of(benchmark.cells.begin(), benchmark.cells.end(), [](Correctness cell) { return !cell.known(); })) {
    throw InvalidArgument("it is not known of any model and query whether the answer is right");
  }
}

std::vector<double> accuracies(const BenchmarkView& benchmark) {
  AccuracySum sum(benchmark.models);
  for (const AccuracySum& of_task : accuracy_sums(benchmark, benchmark.task, benchmark.tasks)) sum.add(of_task);
  return shrunken_accuracies(sum.scores(), sum.known());
}

// u and p(d, m) of the tasks, K x T and K x T x m.
void take_reliability(std::span<const HeldOutTask> tasks, std::size_t models, RouterFit& fit) {
  fit.distance.resize(kVotes * tasks.size());
  fit.reliability.resize(kVotes * tasks.size() * models);
  for (std::size_t k = 0; k < kVotes; ++k) {
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      fit.distance[k * tasks.size() + t] = tasks[t].distance[k];
      std::copy_n(tasks[t].right.begin() + static_cast<std::ptrdiff_t>(k * models), models,
                  fit.reliability.begin() + static_cast<std::ptrdiff_t>((k * tasks.size() + t) * models));
    }
  }
}

double deviation(std::span<const double> values) {
  const double mean = mean_of_known(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// The bandwidth that predicts p(d, m) of left-out tasks best, over all numbers of neighbours.
double choose_bandwidth(const RouterFit& fit, std::size_t tasks, std::size_t models) {
  const double unit = deviation(std::span(fit.distance).first(tasks));
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (const double factor : kBandwidths) {
    const double bandwidth = std::max(factor * unit, 1e-9);
    double error = 0;
    for (std::size_t k = 0; k < kVotes; ++k) {
      const std::span<const double> distance = std::span(fit.distance).subspan(k * tasks, tasks);
      const std::span<const double> right = std::span(fit.reliability).subspan(k * tasks * models, tasks * models);
      for (std::size_t t = 0; t < tasks; ++t) {
        const std::vector<double> smoothed =
            smoothed_reliability(distance, right, models, distance[t], bandwidth, t);
        for (std::size_t j = 0; j < models; ++j) {
          const double miss = smoothed[j] - right[t * models + j];
          error += std::isnan(miss) ? 0 : miss * miss;
        }
      }
    }
    if (!(error < least)) continue;
    least = error;
    best = bandwidth;
  }
  return best;
}

double correlation(std::span<const double> values, std::span<const double> truth) {
  std::vector<double> x, y;
  for (std::size_t j = 0; j < truth.size(); ++j) {
    if (std::isnan(truth[j]) || std::isnan(values[j])) continue;
    x.push_back(values[j]);
    y.push_back(truth[j]);
  }
  return stats::pearson(x, y).value_or(0);
}

// For S1, S2 and S3 the number of neighbours whose values correlate best with the truth on left-out tasks.
void choose_neighbours(std::span<const HeldOutTask> tasks, std::size_t models, RouterFit& fit) {
  std::array<double, 3> highest{-2, -2, -2};
  for (std::size_t k = 0; k < kVotes; ++k) {
    std::array<double, 3> sums{};
    const std::span<const double> distance = std::span(fit.distance).subspan(k * tasks.size(), tasks.size());
    const std::span<const double> right =
        std::span(fit.reliability).subspan(k * tasks.size() * models, tasks.size() * models);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      const std::span<const double> s1 = std::span(tasks[t].s1).subspan(k * models, models);
      const std::span<const double> s2 = std::span(tasks[t].s2).subspan(k * models, models);
      const std::vector<double> p =
          smoothed_reliability(distance, right, models, distance[t], fit.numbers.bandwidth, t);
      sums[0] += correlation(s1, tasks[t].truth);
      sums[1] += correlation(s2, tasks[t].truth);
      sums[2] += correlation(s3_of(s2, p), tasks[t].truth);
    }
    for (std::size_t s = 0; s < sums.size(); ++s) {
      if (sums[s] <= highest[s]) continue;
      highest[s] = sums[s];
      fit.numbers.rule_neighbours[s] = static_cast<std::uint32_t>(k);
    }
  }
}

}  // namespace

Router RouterFit::router(const BenchmarkView& benchmark) const {
  Router router;
  router.benchmark = benchmark;
  router.benchmark.effect = query_effect;
  router.accuracy = accuracy;
  router.task_accuracy = task_accuracy;
  router.reliability = reliability;
  router.distance = distance;
  router.task_error = task_error;
  router.task_known = task_known;
  router.task_ridge = task_ridge.view();
  router.query_ridge = query_ridge.view();
  router.numbers = numbers;
  return router;
}

RouterFit fit_router(const BenchmarkView& of_cells, std::size_t threads, const Progress& progress,
                     std::optional<std::size_t> query_neighbours) {
  check(of_cells);
  if (query_neighbours && *query_neighbours >= kVotes) {
    throw InvalidArgument("expected a position in the list of numbers of neighbours");
  }
  RouterFit fit;
  fit.query_effect = query_effects(of_cells, accuracies(of_cells));
  BenchmarkView benchmark = of_cells;
  benchmark.effect = fit.query_effect;
  const HeldOut held_out = leave_out(benchmark, threads, progress);
  const std::size_t m = benchmark.models;
  for (const HeldOutTask& task : held_out.tasks) {
    fit.task_accuracy.insert(fit.task_accuracy.end(), task.truth.begin(), task.truth.end());
    fit.task_known.insert(fit.task_known.end(), task.known.begin(), task.known.end());
  }
  take_reliability(held_out.tasks, m, fit);
  fit.numbers.bandwidth = choose_bandwidth(fit, benchmark.tasks, m);
  choose_neighbours(held_out.tasks, m, fit);
  const QueryStacking query = fit_query_stacking(benchmark, held_out.queries, query_neighbours);
  TaskStacking task = fit_task_stacking(held_out.tasks, m);
  fit.numbers.task = task.fitted;
  fit.task_error = std::move(task.error);
  fit.numbers.query = query.fitted;
  fit.numbers.query_neighbours = static_cast<std::uint32_t>(query.neighbours);
  fit.numbers.query_penalty = kPenalties[query.penalty];
  std::vector<std::size_t> all(benchmark.queries());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::vector<RidgeFit> ridges = fit_ridge(ridge_sums(benchmark, all, threads), kPenalties);
  fit.accuracy = ridges[0].accuracy;
  fit.task_ridge = mean_fit(std::span(ridges).first(kTaskPenalties));
  fit.query_ridge = std::move(ridges[query.penalty]);
  take_spread(benchmark, fit.accuracy, fit.numbers);
  return fit;
}

}  // namespace assay::route
