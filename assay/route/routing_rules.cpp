#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/route/reliability.h"
#include "assay/route/routing_rule.h"

namespace assay::route {
namespace {

constexpr std::array kRoutingRules = {
    RoutingRuleEntry{.name = "assay",
                     .help = "neighbours and a ridge together, as far as they are to be believed, else bma",
                     .rank = rank_assay},
    RoutingRuleEntry{.name = "s1", .help = "mean vote of the neighbours", .uses_neighbours = true, .rank = rank_s1},
    RoutingRuleEntry{.name = "s2",
                     .help = "share of queries where most neighbours are right",
                     .uses_neighbours = true,
                     .rank = rank_s2},
    RoutingRuleEntry{.name = "s3",
                     .help = "s2, corrected by how often that was right on other tasks",
                     .uses_neighbours = true,
                     .rank = rank_s3},
    RoutingRuleEntry{
        .name = "bma", .help = "best model on average over the tasks of the benchmark", .rank = rank_bma},
    RoutingRuleEntry{.name = "cheapest",
                     .help = "cheapest model that assay takes to be close to the best",
                     .rank = rank_cheapest},
    RoutingRuleEntry{.name = "random", .help = "any model", .is_accuracy = false, .rank = rank_random},
    RoutingRuleEntry{.name = "oracle",
                     .help = "the best model on the new task (a yardstick)",
                     .needs_truth = true,
                     .rank = rank_oracle},
};

std::vector<double> of_candidates(const RankingInput& input, std::span<const double> values) {
  std::vector<double> result;
  result.reserve(input.candidates.size());
  for (const std::size_t model : input.candidates) result.push_back(values[model]);
  return result;
}

Ranking by_values(std::vector<double> values) {
  Ranking ranking;
  ranking.chosen = index_of_largest(values);
  ranking.values = std::move(values);
  return ranking;
}

// The part of K x m numbers that S1 (0), S2 (1) or S3 (2) goes by.
std::size_t neighbours_of(const RankingInput& input, std::size_t which) {
  return input.neighbours.value_or(input.router->numbers.rule_neighbours[which]);
}

std::span<const double> of_neighbours(std::span<const double> values, std::size_t k, std::size_t count) {
  return values.subspan(k * count, count);
}

}  // namespace

std::span<const RoutingRuleEntry> routing_rules() { return kRoutingRules; }

const RoutingRuleEntry& routing_rule(std::string_view name) {
  std::string names;
  for (const RoutingRuleEntry& entry : kRoutingRules) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("unknown score " + quoted(name) + "; expected one of " + names);
}

std::size_t index_of_largest(std::span<const double> values) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best] || (std::isnan(values[best]) && !std::isnan(values[i]))) best = i;
  }
  return best;
}

Ranking rank_s1(const RankingInput& input) {
  const std::size_t m = input.router->models();
  return by_values(of_candidates(input, of_neighbours(input.features->s1, neighbours_of(input, 0), m)));
}

Ranking rank_s2(const RankingInput& input) {
  const std::size_t m = input.router->models();
  return by_values(of_candidates(input, of_neighbours(input.features->s2, neighbours_of(input, 1), m)));
}

Ranking rank_s3(const RankingInput& input) {
  const Router& router = *input.router;
  const std::size_t m = router.models();
  const std::size_t tasks = router.benchmark.tasks;
  const std::size_t k = neighbours_of(input, 2);
  const std::span<const double> s2 = of_neighbours(input.features->s2, k, m);
  const std::vector<double> p = smoothed_reliability(of_neighbours(router.distance, k, tasks),
                                                     of_neighbours(router.reliability, k, tasks * m), m,
                                                     input.features->distance[k], router.numbers.bandwidth);
  return by_values(of_candidates(input, s3_of(s2, p)));
}

Ranking rank_bma(const RankingInput& input) { return by_values(of_candidates(input, input.router->average())); }

Ranking rank_random(const RankingInput& input) {
  Rng rng(input.seed);
  std::vector<double> values(input.candidates.size());
  for (double& value : values) value = rng.uniform();
  return by_values(std::move(values));
}

Ranking rank_oracle(const RankingInput& input) {
  if (input.truth.empty()) throw InvalidArgument("the oracle needs to be told the accuracies on the task");
  return by_values(of_candidates(input, input.truth));
}

Ranking rank_cheapest(const RankingInput& input) {
  Ranking ranking = rank_assay(input);
  const double enough = ranking.values[ranking.chosen] - input.within;
  const auto cost = [&](std::size_t i) {
    return input.cost.empty() ? std::nan("") : input.cost[input.candidates[i]];
  };
  for (std::size_t i = 0; i < input.candidates.size(); ++i) {
    if (ranking.values[i] < enough || std::isnan(cost(i))) continue;
    const double now = cost(ranking.chosen);
    const bool better = cost(i) == now && ranking.values[i] > ranking.values[ranking.chosen];
    if (std::isnan(now) || cost(i) < now || better) ranking.chosen = i;
  }
  return ranking;
}

}  // namespace assay::route
