#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/route/router.h"
#include "assay/route/task_features.h"
#include "assay/stats/intervals.h"

// Ranks models for a new task of which little more than the queries is known. An example of use:
//
//   const TaskFeatures features = task_features(router, {vectors, d}, {}, threads);
//   const std::vector<std::size_t> candidates = {0, 2, 5};
//   const Ranking ranking =
//       routing_rule("assay").rank({.router = &router, .features = &features, .candidates = candidates});
//   const std::size_t best = candidates[ranking.chosen];

#pragma GCC visibility push(default)

namespace assay::route {

/// What a rule may look at to rank models for a new task.
struct RankingInput {
  const Router* router = nullptr;
  const TaskFeatures* features = nullptr;
  std::span<const std::size_t> candidates;  ///< Models to choose from, ascending; at least one.
  /// Index into kNeighbours for S1, S2 and S3; empty: what the fit found best for each.
  std::optional<std::size_t> neighbours = {};
  std::span<const double> cost = {};   ///< m: what a model costs, in any unit; NaN: unknown. For `cheapest`.
  double within = 0.01;                ///< Accuracy that `cheapest` may give away.
  std::span<const double> truth = {};  ///< m: the accuracy on the task, for yardsticks that need it.
  std::uint64_t seed = 1;              ///< Of `random`.
};

/// A ranking of the candidates.
struct Ranking {
  std::vector<double> values;  ///< For each candidate, the larger the better; of `cheapest` as of `assay`.
  /// 95 %, of each candidate's accuracy on the new task. Empty: the values are no estimates of it.
  std::vector<stats::Interval> intervals;
  std::size_t chosen = 0;  ///< Index into the candidates.
  bool abstained = false;  ///< Nothing is better than the best model on average beyond the noise: that is chosen.
};

/// A row of the table of routing rules.
struct RoutingRuleEntry {
  std::string_view name;
  std::string_view help;
  bool uses_neighbours = false;  ///< RankingInput::neighbours matters.
  bool needs_truth = false;      ///< A yardstick: in earnest nobody knows it.
  bool is_accuracy = true;       ///< The values are estimates of accuracies, as good as each is.
  Ranking (*rank)(const RankingInput& input) = nullptr;
};

/// All routing rules, ours first.
std::span<const RoutingRuleEntry> routing_rules();
/// Throws InvalidArgument that lists the names there are.
const RoutingRuleEntry& routing_rule(std::string_view name);

/// The index of the largest; among equals the first.
std::size_t index_of_largest(std::span<const double> values);

// What the table in routing_rules.cpp is made of.

/// The accuracy of each model by all predictors, stacked; see assay.cpp.
Ranking rank_assay(const RankingInput& input);
/// S1(m) = mean over the queries of g_m(x); S2 = mean of [g_m(x) > 1/2]; S3 = S2 p + (1 - S2)(1 - p).
Ranking rank_s1(const RankingInput& input);
Ranking rank_s2(const RankingInput& input);
Ranking rank_s3(const RankingInput& input);
/// The best model on average over the benchmark's tasks.
Ranking rank_bma(const RankingInput& input);
Ranking rank_random(const RankingInput& input);
Ranking rank_oracle(const RankingInput& input);
/// The cheapest of the models that `assay` takes to be within `within` of the best; those whose cost is unknown
/// last.
Ranking rank_cheapest(const RankingInput& input);

}  // namespace assay::route

#pragma GCC visibility pop
