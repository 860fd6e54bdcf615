#include "assay/sim/query_replay.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/sim/route_part.h"

namespace assay::sim {
namespace {

enum RoutedBy : std::size_t { by_assay, by_neighbours, by_average, at_random, by_oracle, by_price, kRouters };
constexpr std::array<const char*, kRouters> kNames = {"assay",  "knn",    "best-single",
                                                      "random", "oracle", "cheapest"};
// Those that a cost weight changes.
constexpr std::size_t kCurves = by_price;
constexpr std::size_t kBins = 10;
constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

// Of one query: right answers of each router, summed over pools, and how many pools counted.
struct QueryResult {
  std::array<double, kRouters> right{};
  std::array<double, kRouters> cost{};
  std::array<double, kRouters> dollars{};
  std::array<double, kRouters> seconds{};
  double pools = 0;
  double brier = 0;
  double brier_of_accuracy = 0;
  double cells = 0;
  std::array<double, kBins> predicted{}, came{}, in_bin{};
};

class HalfReplay {
 public:
  HalfReplay(const RouteReplaySetup& setup, std::span<const std::vector<std::size_t>> pools,
             const route::Router& router, CostCurves& curves)
      : setup_(setup),
        pools_(pools),
        router_(router),
        curves_(curves),
        price_(filled(setup.cost, router.models())),
        singles_(of_all_queries()) {}

  void route(std::size_t query, std::span<const float> vector, std::span<const neighbours::Neighbour> neighbours,
             std::span<const Correctness> row, QueryResult& result) const {
    const std::vector<double> chances = route::query_chances(router_, vector, neighbours);
    const std::size_t m = router_.models();
    std::vector<double> votes(route::kNeighbours.size() * m);
    route::vote(router_.benchmark, {}, neighbours, router_.accuracy, votes);
    const std::span<const double> plain = std::span(votes).subspan(router_.numbers.rule_neighbours[0] * m, m);
    take_chances(chances, row, result);
    std::vector<double> truth;
    for (const Correctness cell : row) truth.push_back(cell.score());
    for (std::size_t p = 0; p < pools_.size(); ++p) {
      if (std::ranges::any_of(pools_[p], [&](std::size_t model) { return !row[model].known(); })) continue;
      take_pool(query, chances, plain, truth, pools_[p], result);
      take_curves(query, chances, plain, truth, p);
    }
  }

 private:
  void take_chances(std::span<const double> chances, std::span<const Correctness> row, QueryResult& result) const {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (!row[j].known()) continue;
      const double truth = row[j].score();
      result.brier += (chances[j] - truth) * (chances[j] - truth);
      result.brier_of_accuracy += (router_.accuracy[j] - truth) * (router_.accuracy[j] - truth);
      ++result.cells;
      const std::size_t bin = std::min(kBins - 1, static_cast<std::size_t>(chances[j] * kBins));
      result.predicted[bin] += chances[j];
      result.came[bin] += truth;
      ++result.in_bin[bin];
    }
  }

  void take_pool(std::size_t query, std::span<const double> chances, std::span<const double> plain,
                 std::span<const double> truth, const std::vector<std::size_t>& pool, QueryResult& result) const {
    double all = 0, all_cost = 0, all_dollars = 0, all_seconds = 0;
    std::size_t oracle = pool[0];
    for (const std::size_t model : pool) {
      all += truth[model];
      all_cost += cost(model);
      all_dollars += dollars(query, model);
      all_seconds += seconds(model);
      const bool cheaper = cost(model) < cost(oracle);
      if (truth[model] > truth[oracle] || (truth[model] == truth[oracle] && cheaper)) oracle = model;
    }
    const auto size = static_cast<double>(pool.size());
    ++result.pools;
    result.right[at_random] += all / size;
    result.cost[at_random] += all_cost / size;
    result.dollars[at_random] += all_dollars / size;
    result.seconds[at_random] += all_seconds / size;
    const auto take = [&](std::size_t router, std::size_t model) {
      result.right[router] += truth[model];
      result.cost[router] += cost(model);
      result.dollars[router] += dollars(query, model);
      result.seconds[router] += seconds(model);
    };
    take(by_assay, pool[route::choose_for_query(router_, chances, pool, setup_.cost, setup_.cost_weight)]);
    take(by_neighbours, pool[route::choose_for_query(router_, plain, pool, {}, 0)]);
    take(by_average, pool[route::choose_for_query(router_, router_.accuracy, pool, {}, 0)]);
    take(by_oracle, oracle);
    take(by_price, cheapest(pool));
  }

  // What each cost weight comes to; nothing unless all prices of the pool are known.
  void take_curves(std::size_t query, std::span<const double> chances, std::span<const double> plain,
                   std::span<const double> truth, std::size_t p) const {
    const std::span<const double> weights = curves_.weights();
    const std::vector<std::size_t>& pool = pools_[p];
    double all = 0, all_dollars = 0;
    std::size_t dearest = pool[0];
    for (const std::size_t model : pool) {
      all += truth[model];
      all_dollars += dollars(query, model);
      if (price_[model] > price_[dearest]) dearest = model;
    }
    if (weights.empty() || std::isnan(all_dollars)) return;
    const auto size = static_cast<double>(pool.size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto take = [&](std::size_t router, std::size_t model) {
        curves_.add(query, router, i, truth[model], dollars(query, model));
      };
      take(by_assay, choose(chances, pool, weights[i]));
      take(by_neighbours, choose(plain, pool, weights[i]));
      take(by_average, singles_[p * weights.size() + i]);
      take(by_oracle, choose(truth, pool, weights[i]));
      if (std::isinf(weights[i])) {
        take(at_random, cheapest(pool));
      } else {
        curves_.add(query, at_random, i, all / size, all_dollars / size);
      }
    }
    curves_.add_pool(query, dollars(query, dearest));
  }

  // As route::choose_for_query; with an infinite weight the cheapest.
  std::size_t choose(std::span<const double> chances, const std::vector<std::size_t>& pool, double weight) const {
    if (std::isinf(weight)) return cheapest(pool);
    return pool[route::choose_for_query(router_, chances, pool, price_, weight)];
  }

  std::size_t cheapest(const std::vector<std::size_t>& pool) const {
    std::size_t best = pool[0];
    for (const std::size_t model : pool) {
      const bool better = router_.accuracy[model] > router_.accuracy[best];
      if (price_[model] < price_[best] || (price_[model] == price_[best] && better)) best = model;
    }
    return best;
  }

  // pools x weights: the model that is asked if it is the same for all queries.
  std::vector<std::size_t> of_all_queries() const {
    std::vector<std::size_t> result;
    for (const std::vector<std::size_t>& pool : pools_) {
      for (const double weight : curves_.weights()) result.push_back(choose(router_.accuracy, pool, weight));
    }
    return result;
  }

  // Prices; one that is not known is as high as the highest.
  static std::vector<double> filled(std::span<const double> cost, std::size_t models) {
    std::vector<double> result(models, 0.0);
    double highest = 0;
    for (const double one : cost) highest = std::isnan(one) ? highest : std::max(highest, one);
    for (std::size_t j = 0; j < cost.size(); ++j) result[j] = std::isnan(cost[j]) ? highest : cost[j];
    return result;
  }

  double cost(std::size_t model) const { return setup_.cost.empty() ? kNoFigure : setup_.cost[model]; }
  double seconds(std::size_t model) const { return setup_.seconds.empty() ? kNoFigure : setup_.seconds[model]; }
  double dollars(std::size_t query, std::size_t model) const {
    return setup_.dollars.empty() ? kNoFigure : setup_.dollars[query * router_.models() + model];
  }

  const RouteReplaySetup& setup_;
  std::span<const std::vector<std::size_t>> pools_;
  const route::Router& router_;
  CostCurves& curves_;
  std::vector<double> price_;         // m
  std::vector<std::size_t> singles_;  // pools x weights
};

// Mean of right[a] - right[b] per pool over the queries; b == kRouters: of right[a] alone.
stats::MeanSe mean_of(const std::vector<QueryResult>& queries, std::size_t a, std::size_t b) {
  double sum = 0, squares = 0, count = 0;
  for (const QueryResult& query : queries) {
    if (query.pools == 0) continue;
    const double value = (query.right[a] - (b < kRouters ? query.right[b] : 0)) / query.pools;
    sum += value;
    squares += value * value;
    ++count;
  }
  if (count < 2) return {count > 0 ? sum : kNoFigure, kNoFigure};
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1))};
}

double mean_of(const std::vector<QueryResult>& queries, std::array<double, kRouters> QueryResult::*what,
               std::size_t router) {
  double sum = 0, count = 0;
  for (const QueryResult& query : queries) {
    sum += (query.*what)[router];
    count += query.pools;
  }
  return sum / count;
}

}  // namespace

void replay_queries(const RouteReplaySetup& setup, const PoolsOfRouter& pools, RouteReplay& result) {
  const CorrectnessTable& outcomes = *setup.outcomes;
  std::array<std::vector<std::size_t>, 2> halves;
  for (std::size_t i = 0; i < outcomes.queries(); ++i) {
    halves[mix64(setup.same_text[i] + (setup.seed + 1) * kGoldenGamma) >> 63U].push_back(i);
  }
  if (halves[0].empty() || halves[1].empty()) return;
  std::vector<QueryResult> queries(outcomes.queries());
  std::vector<double> weights;
  if (!setup.dollars.empty()) weights = CostCurves::grid(setup.cost, setup.cost_weight);
  CostCurves curves({kNames.begin(), kNames.begin() + kCurves}, by_average, weights, setup.cost_weight,
                    outcomes.queries());
  for (std::size_t half = 0; half < 2; ++half) {
    const std::vector<float> vectors = setup.embed(halves[half]);
    const RoutePart part(outcomes, setup.same_text, vectors, setup.dimensions, halves[half]);
    const route::RouterFit fit = route::fit_router(part.view(), setup.threads);
    const route::Router router = fit.router(part.view());
    const ModelPools pools_here = pools(router.accuracy);
    if (pools_here.empty()) {
      ++result.halves_without_pools;
      continue;
    }
    const HalfReplay replay_half(setup, pools_here, router, curves);
    const std::vector<std::size_t>& others = halves[1 - half];
    const auto lists = part.neighbours_of(vectors, others, setup.threads);
    parallel_for(others.size(), setup.threads, [&](std::size_t i) {
      replay_half.route(others[i], std::span(vectors).subspan(others[i] * setup.dimensions, setup.dimensions),
                        lists[i], outcomes.row(query_id(others[i])), queries[others[i]]);
    });
  }
  for (std::size_t r = 0; r < kRouters; ++r) {
    // Without all prices nobody knows who is the cheapest.
    if (r == by_price && std::isnan(mean_of(queries, &QueryResult::cost, at_random))) continue;
    stats::MeanSe regret = mean_of(queries, by_oracle, r);
    result.per_query.push_back({kNames[r], mean_of(queries, r, kRouters), mean_of(queries, r, by_average),
                                mean_of(queries, &QueryResult::cost, r), mean_of(queries, &QueryResult::dollars, r),
                                mean_of(queries, &QueryResult::seconds, r), regret});
  }
  if (!weights.empty()) result.curves = curves.curves(setup.same_text);
  QueryResult all;
  for (const QueryResult& query : queries) {
    all.brier += query.brier;
    all.brier_of_accuracy += query.brier_of_accuracy;
    all.cells += query.cells;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      all.predicted[bin] += query.predicted[bin];
      all.came[bin] += query.came[bin];
    }
  }
  result.brier = all.brier / all.cells;
  result.brier_of_accuracy = all.brier_of_accuracy / all.cells;
  result.calibration_error = 0;
  for (std::size_t bin = 0; bin < kBins; ++bin) {
    result.calibration_error += std::abs(all.predicted[bin] - all.came[bin]) / all.cells;
  }
}

}  // namespace assay::sim
