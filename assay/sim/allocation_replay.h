#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/allocate/allocator.h"
#include "assay/core/progress.h"
#include "assay/core/scores.h"
#include "assay/stats/mean_se.h"

namespace assay::sim {

/// An allocator as it takes part in a replay.
struct AllocationCompetitor {
  const allocate::AllocatorEntry* entry = nullptr;
  ParameterValues parameters;  ///< Empty: the defaults.
  allocate::EstimateRule estimate = allocate::EstimateRule::mean;
};

/// An experiment: in each run every competitor spends the budget on calls, each of which draws one of the arm's
/// recorded scores, with replacement. So the recorded scores are the truth: an arm's mean and variance are those of
/// its scores. The r-th call to an arm gives the same score to all competitors of a run.
struct AllocationSetup {
  const ScoreTable* scores = nullptr;  ///< Each arm has at least one that is not NaN.
  std::span<const double> reference;   ///< What people say of each arm, NaN where unknown; empty if nothing is.
  std::size_t runs = 50;
  std::vector<std::size_t>
      budgets;  ///< Calls at which errors are measured, increasing; the last one is the budget.
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: one per core. The result does not depend on it.
};

/// What became of a competitor; a vector has an entry for each of the budgets. An error is the distance of an arm's
/// estimate from its true mean; an arm without a score is taken for the mean of the others. Means and
/// standard errors are over the runs.
struct AllocationResult {
  std::vector<stats::MeanSe> wce;  ///< The worst error of a run.
  std::vector<stats::MeanSe> mae;  ///< The mean error of a run.
  /// Agreement of the estimates with the reference, the mean over the runs; empty where it is not defined.
  std::vector<std::optional<double>> pearson, spearman, kendall;
  /// Mean worst error after each two-hundredth of the budget.
  std::vector<double> curve;
  std::vector<double> uniform_curve;  ///< The same of uniform.
  /// Mean over the runs of (own worst error - uniform's) at each budget, same draws: is the difference noise?
  std::vector<stats::MeanSe> wce_less_uniform;
  /// Share of the budget from which on the mean worst error stays at or below uniform's at the full budget; empty
  /// if it never does.
  std::optional<double> calls_to_match_uniform;
};

/// True mean of each arm's scores, those that failed left out; NaN for an arm without any.
std::vector<double> means_of(const ScoreTable& scores);
/// True variance of each arm's scores, likewise.
std::vector<double> variances_of(const ScoreTable& scores);

/// Share of the budget from which on `curve`, of equal parts of it, stays at or below `target`, interpolated; empty
/// if its end is above. For AllocationResult::calls_to_match_uniform.
std::optional<double> share_to_reach(std::span<const double> curve, double target);

/// Throws InvalidArgument if something of the setup is out of range, or if the budget is below the warm-up of one
/// of the competitors: it says how many calls are needed.
void check(const AllocationSetup& setup, std::span<const AllocationCompetitor> competitors);

/// One result for each competitor, in order. Uniform is run, too, whether it takes part or not: it is the measure.
/// Throws as `check`. O(runs * (budget log K + 200 K)) for each competitor.
std::vector<AllocationResult> replay(const AllocationSetup& setup,
                                     std::span<const AllocationCompetitor> competitors,
                                     const Progress& progress = {});

}  // namespace assay::sim
