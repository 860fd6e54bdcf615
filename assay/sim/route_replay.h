#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/core/correctness.h"
#include "assay/core/progress.h"
#include "assay/route/routing_rule.h"
#include "assay/sim/cost_curve.h"
#include "assay/sim/model_pools.h"
#include "assay/stats/mean_se.h"
#include "assay/text/embed_all.h"

namespace assay::sim {

struct RouteReplaySetup {
  const CorrectnessTable* outcomes = nullptr;
  std::span<const std::uint32_t> same_text;  ///< n.
  std::size_t tasks = 0;
  std::size_t dimensions = 0;
  text::EmbedAll embed;                ///< Of the n queries.
  std::span<const double> parameters;  ///< m: sizes of the models; NaN: unknown.
  std::span<const double> cost;        ///< m; NaN: unknown.
  double cost_weight = 0;              ///< For single queries.
  std::span<const double> dollars;     ///< n x m: what answering a query costs; NaN: unknown. Empty: all.
  std::span<const double> seconds;     ///< m: mean time of an answer; NaN: unknown. Empty: all.
  double within = 0.01;                ///< Of `cheapest`.
  std::size_t pools = 0;               ///< Random pools of models; 0: all models together.
  std::size_t pool_size = 8;
  double pool_spread = 0.10;
  PoolsBy pools_by = PoolsBy::other_tasks;
  /// Of PoolsBy::all_tasks: pools are kept if the oracle's mean accuracy is more than this above BMA's.
  double pool_gap = 0.01;
  std::size_t labelled = 0;      ///< Queries of the new task whose outcomes are known.
  std::size_t draws = 5;         ///< Of the labelled queries.
  bool each_neighbours = false;  ///< S1, S2, S3 with every number of neighbours too.
  bool per_query = true;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

/// How a routing rule did when each task was left out in turn; means over tasks of means over pools.
struct TaskRouting {
  std::string name;
  stats::MeanSe accuracy;
  stats::MeanSe gain;          ///< Accuracy less BMA's.
  stats::MeanSe behind_assay;  ///< Accuracy of `assay` less this one's.
  stats::MeanSe ratio_to_best;
  stats::MeanSe pearson;
  stats::MeanSe spearman;
  stats::MeanSe share_bma;    ///< How often the best model on average is chosen.
  stats::MeanSe mean_params;  ///< Of the chosen models whose size is known; NaN: none is.
  stats::MeanSe rank;         ///< Of the chosen model on the task; 1 is the best.
};

/// How single queries of unknown tasks were routed; means over queries.
struct QueryRouting {
  std::string name;
  stats::MeanSe accuracy;
  stats::MeanSe gain;  ///< Accuracy less that of the best single model.
  double cost = 0;     ///< Mean of the chosen models'; NaN where one is unknown.
  double dollars = 0;  ///< Mean of an answered query; likewise.
  double seconds = 0;  ///< Likewise.
  stats::MeanSe regret_to_oracle;
};

struct RouteReplay {
  std::size_t pools = 0;  ///< Kept.
  std::size_t pools_drawn = 0;
  std::size_t tasks_without_pools = 0;   ///< Of those that were left out: no set of models was close enough.
  std::size_t halves_without_pools = 0;  ///< Of the two of single queries, likewise.
  std::vector<TaskRouting> rules;        ///< Empty with one task, and what else is about tasks is NaN.
  std::vector<QueryRouting> per_query;
  /// Of those of `per_query`, but for `cheapest`, in that order. Empty unless the prices of all models of some pool
  /// are known, and differ.
  std::vector<CostCurve> curves;
  double abstained = 0;       ///< Share of pools and tasks in which `assay` returned BMA for want of better.
  stats::MeanSe coverage;     ///< Share of models and tasks whose accuracy lies in assay's 95 % interval.
  double interval_width = 0;  ///< Mean.
  /// Of the chances of single queries; NaN if there was none.
  double brier = kNotMeasured;              ///< Mean squared error.
  double brier_of_accuracy = kNotMeasured;  ///< That of the accuracies alone.
  double calibration_error = kNotMeasured;  ///< Mean distance of ten bins of chances from what came true.

  static constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();
};

/// Leaves out each task in turn: a router is fitted on the other tasks, without queries whose text the task has
/// too, and ranks models for it. Then, for single queries, fits a router on each half of the queries and routes the
/// other half. With one task only the latter. Pools are drawn for each router by the accuracies that it knows, or
/// once for all by the accuracies over all queries. Deterministic. Throws InvalidArgument, e.g. if nothing is left
/// to do.
RouteReplay replay(const RouteReplaySetup& setup, const Progress& progress = {});

}  // namespace assay::sim
