#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/neighbours/nearest.h"
#include "assay/route/benchmark_view.h"
#include "assay/route/neighbour_vote.h"
#include "assay/route/ridge.h"

// A router: what routing has learnt of a benchmark. An example of use:
//
//   const Router router = fit.router(benchmark);  // fit.h
//   const std::vector<double> average = router.average();
//   const std::vector<neighbours::Neighbour> near = router.neighbours(vector, 10);
//
// It ranks models for a task by routing_rule.h. In this repository query_routing.h uses it for single prompts,
// routing/router_file.h reads it from a file, and search_index.h makes the index for `codes` and `graph`.

#pragma GCC visibility push(default)

namespace assay::route {

/// Predictors that are stacked: the votes of neighbours, and the ridge.
inline constexpr std::size_t kPredictors = 2;
/// These, and the average over the tasks, each of which counts the same whatever its size.
inline constexpr std::size_t kFeatures = kPredictors + 1;

/// Stacking weights (Wolpert 1992) of several predictors. The estimate of a model is
///
///   accuracy + common_weight * mean_j(c_j) + sum_f weights[f] * (x_fm - mean_j(x_fj))
///
/// with x_fm = (prediction of feature f for model m) - accuracy, and c the mean of the predictors' x. How hard a
/// task is for all models and which models it suits are known with different certainty, so each has its weights.
struct StackingWeights {
  std::array<double, kFeatures> weights{};
  double common_weight = 0;
  /// How much smaller the squared error is than that of the average over the tasks alone (of single queries: of the
  /// accuracy alone): the mean over its standard error. Of tasks that and how far the votes on single queries of
  /// left-out tasks agree with what came true, likewise over its standard error, are taken together. Below
  /// kLeastTaskSkill, or kLeastQuerySkill, there is nothing to route by.
  double skill = 0;
};

/// Standard errors by which the predictors must be better than the accuracy alone on left-out tasks, or on single
/// queries. There are few tasks, and their weights are shrunk already: where something is there, holding back costs
/// more than a wrong choice among models that look alike. There are thousands of queries.
inline constexpr double kLeastTaskSkill = 0.5;
inline constexpr double kLeastQuerySkill = 2;

/// Queries are routed away from the best single model where the margin is above `margin`. With probability
/// 1 - delta over the held-out queries, the expected score of queries like them is then at most `risk` below that
/// of the best single model. Scores may be anything in [0, 1].
struct Guard {
  double risk = 0;
  double delta = 0;
  double cost_weight = 0;  ///< What it was made for, see choose_for_query.
  bool routes = false;     ///< False: it could not be shown of any margin, and the best single model is asked.
  double margin = 0;       ///< Of use if `routes`.
  double queries = 0;      ///< Held-out ones.
  double routed = 0;       ///< Share of them above the margin.
  double gain = 0;         ///< Mean over all of them; what routing changes.
  double least_gain = 0;   ///< Its lower bound with probability 1 - delta; of the first margin if not `routes`.
};

/// Whether it was shown, and routes no more: the router was updated since. One that could not be shown has a lower
/// bound below -risk.
inline bool is_void(const Guard& guard) {
  constexpr double kBisected = 1e-8;  // what fit_guard leaves of the bound
  return !guard.routes && guard.least_gain > -guard.risk - kBisected;
}

/// The small numbers that a router has learnt.
struct RoutingNumbers {
  StackingWeights task;
  StackingWeights query;
  std::uint32_t query_neighbours = 0;  ///< Index into kNeighbours.
  /// Indices into kNeighbours that S1, S2, S3 correlate best with on left-out tasks.
  std::array<std::uint32_t, 3> rule_neighbours{};
  double bandwidth = 1;      ///< Of the kernel of S3, in units of the descriptor u.
  double query_penalty = 0;  ///< Of the ridge for queries.
  double query_spread = 0;   ///< Variance over queries of a model's correctness less the models' mean.
  double common_spread = 0;  ///< Variance over queries of that mean.
};

/// Unix time in whole seconds, until 2106.
using Seconds = std::uint32_t;

/// All that routing needs, in somebody's memory: a fit, or a mapped file.
struct Router {
  BenchmarkView benchmark;
  std::optional<neighbours::CodeView> codes;   ///< For an exact search of middling size.
  std::optional<neighbours::GraphView> graph;  ///< For a large one.
  std::span<const double> accuracy;            ///< m: the share of right answers of each model.
  std::span<const double> task_accuracy;       ///< T x m; NaN where nothing is known.
  std::span<const double> reliability;         ///< K x T x m: p(d, m), NaN where unknown, K = kNeighbours.size().
  std::span<const double> distance;            ///< K x T: the descriptor u.
  /// T x m: accuracy less its estimate with the task left out; NaN where unknown. Empty if there are too few tasks
  /// to learn from.
  std::span<const double> task_error;
  std::span<const double> task_known;  ///< T x m: the cells that this accuracy is the mean of.
  /// n x m: when an outcome came to be known, 0: nobody said. Empty until an update tells times.
  std::span<const Seconds> times;
  LinearView task_ridge;
  LinearView query_ridge;
  RoutingNumbers numbers;
  std::optional<Guard> guard;  ///< Of single queries; empty: they are routed wherever that looks better.

  std::size_t models() const { return benchmark.models; }

  /// m: the accuracies averaged over the tasks; BMA is the largest.
  std::vector<double> average() const;

  /// The `count` nearest of the benchmark: exact, or by the graph where there is one; none of a vector that says
  /// nothing.
  std::vector<neighbours::Neighbour> neighbours(std::span<const float> vector, std::size_t count) const;
};

}  // namespace assay::route

#pragma GCC visibility pop
