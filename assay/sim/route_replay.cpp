#include "assay/sim/route_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/route/accuracy.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/sim/model_pools.h"
#include "assay/sim/query_replay.h"
#include "assay/sim/route_part.h"
#include "assay/stats/correlation.h"

namespace assay::sim {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMeasures = 7;  // accuracy, ratio, Pearson, Spearman, BMA chosen, size, rank

enum Measure : std::size_t { accuracy_, ratio_, pearson_, spearman_, bma_, size_, rank_ };

struct Contender {
  std::string name;
  const route::RoutingRuleEntry* entry;
  std::optional<std::size_t> neighbours;
};

std::vector<Contender> competitors(const RouteReplaySetup& setup) {
  std::vector<Contender> all;
  for (const route::RoutingRuleEntry& entry : route::routing_rules()) {
    all.push_back({std::string(entry.name), &entry, std::nullopt});
    for (std::size_t k = 0; setup.each_neighbours && entry.uses_neighbours && k < route::kNeighbours.size(); ++k) {
      all.push_back({fmt::format("{} k={}", entry.name, route::kNeighbours[k]), &entry, k});
    }
  }
  return all;
}

// Known values with their mean; what NaN measures are left out of.
struct KnownSum {
  double sum = 0;
  double count = 0;
  void add(double value) {
    if (std::isnan(value)) return;
    sum += value;
    ++count;
  }
  double mean() const { return count > 0 ? sum / count : kUnknown; }
};

// What one task said of one competitor in one pool, over the draws of labelled queries.
using Cell = std::array<KnownSum, kMeasures>;

struct TaskResult {
  std::vector<Cell> cells;    // pools x competitors
  std::vector<KnownSum> gap;  // pools: accuracy of the best less that of BMA
  bool has_pools = false;     // without them nothing is known in any cell
  KnownSum abstained{}, covered{}, width{};
};

// Rank of candidate `chosen` by truth, equal ones sharing the mean of theirs.
double rank_of(std::span<const double> truth, std::size_t chosen) {
  double rank = 1;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] > truth[chosen]) ++rank;
    if (i != chosen && truth[i] == truth[chosen]) rank += 0.5;
  }
  return rank;
}

std::array<double, kMeasures> measure(const RouteReplaySetup& setup, const route::Ranking& ranking,
                                      std::span<const std::size_t> pool, std::span<const double> truth,
                                      std::size_t average) {
  std::vector<double> known_truth, known_values;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (std::isnan(ranking.values[i])) continue;
    known_truth.push_back(truth[i]);
    known_values.push_back(ranking.values[i]);
  }
  const double best = *std::max_element(truth.begin(), truth.end());
  const double mine = truth[ranking.chosen];
  return {mine,
          best > 0 ? mine / best : kUnknown,
          stats::pearson(known_values, known_truth).value_or(kUnknown),
          stats::spearman(known_values, known_truth).value_or(kUnknown),
          ranking.chosen == average ? 1.0 : 0.0,
          setup.parameters.empty() ? kUnknown : setup.parameters[pool[ranking.chosen]],
          rank_of(truth, ranking.chosen)};
}

// Queries of the task whose outcomes are known beforehand, and the others.
struct Split {
  std::vector<std::size_t> labelled, rest;
};

Split split(const std::vector<std::size_t>& queries, std::size_t labelled, Rng& rng) {
  std::vector<std::size_t> order = queries;
  if (labelled > 0) rng.shuffle(std::span(order));
  const auto cut = order.begin() + static_cast<std::ptrdiff_t>(labelled);
  Split parts{{order.begin(), cut}, {cut, order.end()}};
  std::sort(parts.rest.begin(), parts.rest.end());
  return parts;
}

class TaskReplay {
 public:
  TaskReplay(const RouteReplaySetup& setup, std::span<const Contender> all, const PoolsOfRouter& pools)
      : setup_(setup), competitors_(all), pools_(pools) {}

  TaskResult run(std::size_t task) const {
    const std::size_t most_pools = std::max<std::size_t>(1, setup_.pools);
    TaskResult result{std::vector<Cell>(most_pools * competitors_.size()), std::vector<KnownSum>(most_pools)};
    std::vector<std::size_t> training, queries;
    std::vector<char> text_there(setup_.same_text.size(), 0);
    const CorrectnessTable& outcomes = *setup_.outcomes;
    for (std::size_t i = 0; i < outcomes.queries(); ++i) {
      if (outcomes.task(query_id(i)) != task) continue;
      queries.push_back(i);
      text_there[setup_.same_text[i]] = 1;
    }
    for (std::size_t i = 0; i < outcomes.queries(); ++i) {
      if (outcomes.task(query_id(i)) != task && text_there[setup_.same_text[i]] == 0) training.push_back(i);
    }
    if (training.empty()) {
      throw InvalidArgument(
          "the texts of all other tasks are those of one task too: nothing is left to learn from");
    }
    const std::vector<float> vectors = setup_.embed(training);
    const RoutePart part(outcomes, setup_.same_text, vectors, setup_.dimensions, training);
    const route::RouterFit fit = route::fit_router(part.view(), setup_.threads);
    const route::Router router = fit.router(part.view());
    const ModelPools pools = pools_(router.accuracy);
    result.has_pools = !pools.empty();
    if (!result.has_pools) return result;
    const std::size_t draws = setup_.labelled > 0 ? setup_.draws : 1;
    const auto lists = part.neighbours_of(vectors, queries, setup_.threads);
    for (std::size_t draw = 0; draw < draws; ++draw) {
      Rng rng(setup_.seed, 1000 * (task + 1) + draw);
      const std::uint64_t seed = rng.next();  // before the split: arguments are evaluated in any order
      rank_models(router, pools, vectors, queries, lists, split(queries, setup_.labelled, rng), seed, result);
    }
    return result;
  }

 private:
  std::vector<float> gather(const std::vector<float>& vectors, const std::vector<std::size_t>& queries) const {
    std::vector<float> result;
    result.reserve(queries.size() * setup_.dimensions);
    for (const std::size_t query : queries) {
      const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(query * setup_.dimensions);
      result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(setup_.dimensions));
    }
    return result;
  }

  void rank_models(const route::Router& router, const ModelPools& pools, const std::vector<float>& vectors,
                   const std::vector<std::size_t>& queries,
                   const std::vector<std::vector<neighbours::Neighbour>>& lists, const Split& parts,
                   std::uint64_t seed, TaskResult& result) const {
    const CorrectnessTable& outcomes = *setup_.outcomes;
    const std::vector<float> rest = gather(vectors, parts.rest);
    const std::vector<float> labelled_vectors = gather(vectors, parts.labelled);
    std::vector<Correctness> cells;
    for (const std::size_t query : parts.labelled) {
      const std::span<const Correctness> row = outcomes.row(query_id(query));
      cells.insert(cells.end(), row.begin(), row.end());
    }
    route::AccuracySum sum(outcomes.models());
    for (const std::size_t query : parts.rest) sum.add(outcomes.row(query_id(query)));
    const std::vector<double> truth = sum.shares();
    const auto position = [&](std::size_t query) {
      return static_cast<std::size_t>(std::lower_bound(queries.begin(), queries.end(), query) - queries.begin());
    };
    const route::TaskFeatures features =
        route::task_features(router, {rest, setup_.dimensions}, {cells, {labelled_vectors, setup_.dimensions}},
                             setup_.threads, [&](std::size_t i) { return lists[position(parts.rest[i])]; });
    route::RankingInput input{&router, &features, {}, {}, setup_.cost, setup_.within, truth, seed};
    for (std::size_t p = 0; p < pools.size(); ++p) {
      input.seed = seed + p;
      rank_pool(input, pools[p], p, result);
    }
  }

  void rank_pool(route::RankingInput& input, const std::vector<std::size_t>& of_pool, std::size_t p,
                 TaskResult& result) const {
    // Only models of which it is known how good they are on the task: then all rules choose among the same.
    std::vector<std::size_t> pool;
    std::vector<double> truth;
    for (const std::size_t model : of_pool) {
      if (std::isnan(input.truth[model])) continue;
      pool.push_back(model);
      truth.push_back(input.truth[model]);
    }
    if (pool.empty()) return;
    input.candidates = pool;
    const std::size_t average = route::rank_bma(input).chosen;
    result.gap[p].add(truth[route::index_of_largest(truth)] - truth[average]);
    for (std::size_t c = 0; c < competitors_.size(); ++c) {
      input.neighbours = competitors_[c].neighbours;
      const route::Ranking ranking = competitors_[c].entry->rank(input);
      const auto values = measure(setup_, ranking, pool, truth, average);
      Cell& cell = result.cells[p * competitors_.size() + c];
      for (std::size_t i = 0; i < kMeasures; ++i) cell[i].add(values[i]);
      if (competitors_[c].name != "assay") continue;
      result.abstained.add(ranking.abstained ? 1 : 0);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        result.covered.add(ranking.intervals[i].low <= truth[i] && truth[i] <= ranking.intervals[i].high ? 1 : 0);
        result.width.add(ranking.intervals[i].high - ranking.intervals[i].low);
      }
    }
  }

  const RouteReplaySetup& setup_;
  std::span<const Contender> competitors_;
  const PoolsOfRouter& pools_;
};

stats::MeanSe over(const std::vector<double>& values) {
  KnownSum sum, squares;
  for (const double value : values) sum.add(value);
  for (const double value : values) squares.add((value - sum.mean()) * (value - sum.mean()));
  if (sum.count < 2) return {sum.mean(), kUnknown};
  return {sum.mean(), std::sqrt(squares.sum / (sum.count - 1) / sum.count)};
}

std::vector<std::size_t> kept_pools(const RouteReplaySetup& setup, std::span<const TaskResult> tasks,
                                    std::size_t pools) {
  std::vector<std::size_t> kept;
  for (std::size_t p = 0; p < pools; ++p) {
    KnownSum gap;
    for (const TaskResult& task : tasks) gap.add(task.gap[p].mean());
    const bool all = setup.pools == 0 || setup.pools_by == PoolsBy::other_tasks || tasks.empty();
    if (all || gap.mean() > setup.pool_gap) kept.push_back(p);
  }
  return kept;
}

// For each task the mean over the kept pools of one measure of one competitor.
std::vector<double> by_task(std::span<const TaskResult> tasks, std::span<const std::size_t> kept, std::size_t c,
                            std::size_t count, Measure what) {
  std::vector<double> values;
  for (const TaskResult& task : tasks) {
    KnownSum sum;
    for (const std::size_t p : kept) sum.add(task.cells[p * count + c][what].mean());
    values.push_back(sum.mean());
  }
  return values;
}

std::vector<double> difference(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

std::vector<TaskRouting> tabulate(std::span<const Contender> all, std::span<const TaskResult> tasks,
                                  std::span<const std::size_t> kept) {
  const auto accuracies = [&](std::string_view name) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Contender& one) { return one.name == name; });
    return by_task(tasks, kept, static_cast<std::size_t>(at - all.begin()), all.size(), accuracy_);
  };
  const std::vector<double> average = accuracies("bma");
  const std::vector<double> assay = accuracies("assay");
  std::vector<TaskRouting> rows;
  for (std::size_t c = 0; c < all.size(); ++c) {
    const auto values = [&](Measure what) { return by_task(tasks, kept, c, all.size(), what); };
    const std::vector<double> accuracy = values(accuracy_);
    rows.push_back({all[c].name, over(accuracy), over(difference(accuracy, average)),
                    over(difference(assay, accuracy)), over(values(ratio_)), over(values(pearson_)),
                    over(values(spearman_)), over(values(bma_)), over(values(size_)), over(values(rank_))});
  }
  return rows;
}

std::size_t smallest_task(const RouteReplaySetup& setup) {
  std::vector<std::size_t> queries(setup.tasks, 0);
  for (const std::uint32_t task : setup.outcomes->tasks()) ++queries[task];
  return *std::min_element(queries.begin(), queries.end());
}

[[noreturn]] void throw_no_pool(const RouteReplaySetup& setup) {
  throw InvalidArgument(fmt::format("no {} models have accuracies within {:g} points of each other",
                                    setup.pool_size, 100 * setup.pool_spread));
}

PoolsOfRouter always(ModelPools pools) {
  return [pools = std::move(pools)](std::span<const double>) { return pools; };
}

// Every router draws with the same numbers, so that pools differ as little as what the routers know.
PoolsOfRouter pools_of(const RouteReplaySetup& setup) {
  const std::size_t m = setup.outcomes->models();
  if (setup.pools == 0) {
    std::vector<std::size_t> all(m);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return always({all});
  }
  PoolsOfRouter draw = [&setup](std::span<const double> accuracy) {
    Rng rng(setup.seed);
    return draw_pools(accuracy, setup.pools, setup.pool_size, setup.pool_spread, rng);
  };
  if (setup.pools_by == PoolsBy::other_tasks) return draw;
  route::AccuracySum sum(m);
  for (std::size_t i = 0; i < setup.outcomes->queries(); ++i) sum.add(setup.outcomes->row(query_id(i)));
  ModelPools pools = draw(sum.shares());
  if (pools.empty()) throw_no_pool(setup);
  return always(std::move(pools));
}

// Those of `pools` that were kept.
PoolsOfRouter kept_of(const PoolsOfRouter& pools, const std::vector<std::size_t>& kept) {
  return [&pools, &kept](std::span<const double> accuracy) {
    const ModelPools drawn = pools(accuracy);
    ModelPools result;
    if (drawn.empty()) return result;
    for (const std::size_t p : kept) result.push_back(drawn[p]);
    return result;
  };
}

}  // namespace

RouteReplay replay(const RouteReplaySetup& setup, const Progress& progress) {
  const bool by_task = setup.tasks >= 2;
  if (!by_task && !setup.per_query) {
    throw InvalidArgument(fmt::format("leaving out a task takes two tasks at least, came {}", setup.tasks));
  }
  const std::size_t smallest = smallest_task(setup);
  if (setup.labelled >= smallest) {
    throw InvalidArgument(fmt::format("expected fewer labelled queries than the {} of the smallest task, came {}",
                                      smallest, setup.labelled));
  }
  const std::vector<Contender> all = competitors(setup);
  const PoolsOfRouter pools = pools_of(setup);
  const TaskReplay replay_task(setup, all, pools);
  const std::size_t left_out = by_task ? setup.tasks : 0;
  const std::size_t steps = left_out + (setup.per_query ? 2 : 0);
  std::vector<TaskResult> tasks;
  for (std::size_t t = 0; t < left_out; ++t) {
    tasks.push_back(replay_task.run(t));
    if (progress) progress(t + 1, steps);
  }
  RouteReplay result;
  for (const TaskResult& task : tasks) result.tasks_without_pools += task.has_pools ? 0 : 1;
  if (by_task && result.tasks_without_pools == tasks.size()) throw_no_pool(setup);
  const std::vector<std::size_t> kept = kept_pools(setup, tasks, std::max<std::size_t>(1, setup.pools));
  result.pools_drawn = setup.pools;
  result.pools = kept.size();
  if (by_task) result.rules = tabulate(all, tasks, kept);
  KnownSum abstained, width;
  std::vector<double> coverage;
  for (const TaskResult& task : tasks) {
    abstained.add(task.abstained.mean());
    width.add(task.width.mean());
    coverage.push_back(task.covered.mean());
  }
  result.abstained = abstained.mean();
  result.interval_width = width.mean();
  result.coverage = over(coverage);
  if (!setup.per_query) return result;
  replay_queries(setup, kept_of(pools, kept), result);
  if (!by_task && result.halves_without_pools == 2) throw_no_pool(setup);
  if (progress) progress(steps, steps);
  return result;
}

}  // namespace assay::sim
