#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/rewards.h"
#include "assay/select/strategy.h"

namespace assay::sim {

/// Win-rate differences d for which the labels to reach are told.
inline constexpr std::array<double, 4> kTolerances = {0.0, 0.01, 0.025, 0.05};

/// A strategy as it takes part in a replay.
struct Competitor {
  const select::StrategyEntry* entry = nullptr;
  ParameterValues parameters;  ///< Empty: the defaults.
  select::ReturnRule returns = select::ReturnRule::win_rate;
  std::shared_ptr<const RewardTable> assistant = nullptr;  ///< As select::Problem.
  /// Answers are generated when they are to be judged: nothing is known of them before. Else all are generated
  /// first.
  bool lazy = false;
};

/// An experiment: in each realization a random pool of queries is drawn and every competitor chooses calls from it,
/// which recorded rewards answer.
struct ReplaySetup {
  const RewardTable* rewards = nullptr;  ///< What the oracle answers.
  std::shared_ptr<const select::WeakVerdicts> weak;
  std::shared_ptr<const text::SimilarityTable> similarity;
  std::shared_ptr<const text::FeatureTable> features;
  std::shared_ptr<const select::Names> names;
  std::vector<double> weights;  ///< Of the queries, positive; empty: all weigh the same.
  double step = 0;              ///< All rewards are multiples of it; 0: they may be any.
  std::size_t realizations = 1000;
  std::size_t pool = 0;    ///< Queries of a pool, drawn without replacement; 1 .. n.
  std::size_t budget = 0;  ///< Query equivalents (m calls each), 1 .. pool.
  std::uint64_t seed = 1;
  std::size_t threads = 0;   ///< 0: one per core. The result does not depend on it.
  double confidence = 0.95;  ///< Of labels_to_reach; a strategy that stops by itself is asked for it, too.
  double epsilon = 0;        ///< Tolerance that strategies that stop by themselves are told; in [0, 1).
  double within = 0;         ///< Tolerance of ReplayResult::within; in [0, 1).
  std::size_t batch = 0;     ///< Calls answered at a time; 0: m for strategies of whole rows, else 1.
  /// As select::Goal: strategies that stop by themselves look for the cheapest model, by `prices`, m of them.
  std::optional<double> good_enough = {};
  std::vector<double> prices = {};
  /// A row of m for each query, in dollars: what it costs to generate the answer, and to judge it. Empty: not told.
  std::vector<double> generating = {};
  std::vector<double> judging = {};
};

/// When a strategy stopped by itself.
struct StopResult {
  double confidence = 0.95;
  double epsilon = 0;
  double calls_mean = 0;  ///< A run that did not stop within the budget counts all its calls.
  double calls_p95 = 0;   ///< 95th percentile, likewise.
  /// Share of the realizations that stopped at a model more than epsilon below the best, or, with `good_enough`,
  /// not at the cheapest one that is good enough.
  double wrong = 0;
  double undecided = 0;  ///< Share that did not stop within the budget.
  /// What the calls cost, where prices are told.
  struct Dollars {
    double mean = 0;  ///< Generating the answers that were judged, or all if that is done first, and judging.
    double p95 = 0;
    double judging = 0;         ///< Of the mean.
    double all = 0;             ///< Mean of generating and judging everything in a pool.
    double all_generating = 0;  ///< Of that.
    double share = 0;           ///< Mean of the share of everything in its pool.
    double share_p95 = 0;
  };
  std::optional<Dollars> dollars = {};
};

/// What became of a competitor. A gap is the pool's best win rate less the pool's win rate of the returned model. A
/// model that ties for the best is the best. With `good_enough` the gap is 0 for the cheapest model that is good
/// enough, and 1 for all others.
struct ReplayResult {
  std::vector<double> identification;  ///< Entry b - 1: share of realizations with gap 0 after b query equivalents.
  std::vector<double> within;          ///< Likewise, with a gap of at most ReplaySetup::within.
  std::vector<double> gap95;           ///< 95th percentile of the gap.
  std::vector<double> gap_mean;
  /// For each of kTolerances: query equivalents from which on the share of realizations with gap <= d stays at
  /// least `confidence`; empty if never within the budget.
  std::array<std::optional<double>, kTolerances.size()> labels_to_reach;
  /// Of strategies that stop by themselves. The curves and labels above are those of runs that end when they have
  /// reached `confidence`.
  std::optional<StopResult> stop;
};

/// Throws InvalidArgument if something of the setup is out of range.
void check(const ReplaySetup& setup);

/// One result for each competitor, in order. Throws as `check` and Selection do.
std::vector<ReplayResult> replay(const ReplaySetup& setup, std::span<const Competitor> competitors,
                                 const Progress& progress = {});

/// Realizations `begin` .. `end` - 1 of an experiment.
struct Part {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// What these realizations leave behind, in numbers that `replay_of_parts` reads: of each competitor in turn, of
/// each realization in turn. A realization does not depend on which others are replayed. An empty part leaves
/// nothing. Throws as `replay`, and InvalidArgument if the part is not within the realizations.
std::vector<double> replay_part(const ReplaySetup& setup, std::span<const Competitor> competitors, const Part& part,
                                const Progress& progress = {});

/// What a part left behind.
struct PlayedPart {
  Part part;
  std::span<const double> numbers;
};

/// What `replay` returns, to the last bit, from parts that together have each realization once, in any order.
/// Throws InvalidArgument if they do not, and DataError if their numbers are not of this setup and these
/// competitors.
std::vector<ReplayResult> replay_of_parts(const ReplaySetup& setup, std::span<const Competitor> competitors,
                                          std::span<const PlayedPart> parts);

/// 1 - labels / (fewest labels of the `baselines`); empty where either never got there.
std::array<std::optional<double>, kTolerances.size()> efficiency(const ReplayResult& result,
                                                                 std::span<const ReplayResult* const> baselines);

}  // namespace assay::sim
