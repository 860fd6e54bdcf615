#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "assay/core/rewards.h"
#include "assay/stats/intervals.h"

namespace assay::select {

/// How much the comparisons with one baseline tell about the models that compete for first, and how far their
/// order can be trusted to hold with another baseline.
///
/// A rate near 0 or 1 hides differences: by Bradley and Terry's model a small difference d of two models in log
/// odds is one of p (1 - p) d in their win rates p, and an outcome has the variance p (1 - p), so that a query
/// tells 4 p (1 - p) of what it would if the baseline won half the time (Fisher's information over its maximum).
/// On mt_bench, where every model can be the baseline, the measured loss fits that within its noise, and if
/// anything it is larger (docs/results/baseline.md).
struct BaselineSensitivity {
  std::vector<ModelId> leaders;  ///< The best first: two to five, at most half of the models.
  double win_rate = 0;           ///< Mean of the leaders, in [0, 1]; what has no verdict is left out.
  double sensitivity = 0;        ///< Mean 4 p (1 - p) of the leaders, in (0, 1].

  // Of leaders[0] and leaders[1].
  std::size_t queries = 0;  ///< On which both have an outcome.
  double discordance = 0;   ///< Share of these on which their outcomes differ; only these tell them apart.
  /// Random queries after which a gap as large as it looks is 1.96 standard errors. Empty where there is no gap.
  std::optional<double> queries_to_separate;
  /// Probability that leaders[0] stays ahead, by the same baseline, on as many other queries as one likes: the
  /// noise of these queries alone. 1/2: nothing is known. Normal approximation of log odds, no prior; assumes
  /// queries drawn at random and two models that were named beforehand. For two that were picked as the first of
  /// many it is an upper bound: where it said 94 %, the order held on the queries that were left in 82 % (the
  /// first two of 8 models of mt_bench), 90 % (of AlpacaEval) and 93 % (of ko_arena_hard), and in 44 % for the
  /// first two of all 71 of ko_arena_hard, which are equal. See docs/results/baseline.md.
  double order_same_baseline = 0.5;
  /// The same by another baseline: a gap in log odds moves by N(0, drift^2) from baseline to baseline, with the
  /// drift measured on mt_bench (`kBaselineDrift`), the only data at hand that has every pair.
  double order_other_baseline = 0.5;
  /// The same for the drifts of its 95 % interval (0 .. `kBaselineDriftHigh`); no drift: order_same_baseline.
  stats::Interval order_interval{0.5, 0.5};

  /// The candidate, none of the leaders and below the first of them by two standard errors, that would be the
  /// most sensitive baseline if odds multiply as in Bradley and Terry's model. Empty where none promises
  /// `kWorthChanging`.
  std::optional<ModelId> better_baseline;
  double better_win_rate = 0;  ///< Expected mean win rate of the leaders against it; `win_rate` where it is empty.
  double gain = 1;             ///< Its expected sensitivity over that of the present baseline, >= 1.
};

/// Standard deviation of a pair's gap in log odds between two baselines, sampling noise taken off: its square is
/// 0.003 with a standard error of 0.020 on mt_bench (21 models, 80 queries; jackknife over models and queries).
/// Its judge scored each answer alone; one that is shown pairs may drift more.
inline constexpr double kBaselineDrift = 0.06;
inline constexpr double kBaselineDriftHigh = 0.21;  ///< sqrt(0.003 + 1.96 * 0.020).

/// A better baseline is named if it promises at least so much of the sensitivity of the present one.
inline constexpr double kWorthChanging = 1.25;

/// From the rewards on the queries of `pool`; none (not judged, or the call failed) is unknown and left out.
/// `leader`: the model to stand first, e.g. the one that a run returns; else the highest win rate, with a win
/// and a loss added so that three wins of three are not more than thirty of thirty-one. Empty if there are fewer
/// than two models with an outcome. `win_rates`: the models' expected win rates over the pool, in [0, 1], for
/// queries that were chosen and not drawn, on which the judged rates mislead; empty: the judged rates. O(n m).
std::optional<BaselineSensitivity> baseline_sensitivity(const RewardTable& judged, std::span<const QueryId> pool,
                                                        std::optional<ModelId> leader = {},
                                                        std::span<const double> win_rates = {});

}  // namespace assay::select
