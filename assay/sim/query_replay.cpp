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

enum RoutedBy : std::size_t { by_assay, by_neighbours, by_average, at_random, by_oracle, kRouters };
constexpr std::array<const char*, kRouters> kNames = {"assay", "knn", "best-single", "random", "oracle"};
constexpr std::size_t kBins = 10;

// Of one query: right answers of each router, summed over pools, and how many pools counted.
struct QueryResult {
  std::array<double, kRouters> right{};
  std::array<double, kRouters> cost{};
  double pools = 0;
  double brier = 0;
  double brier_of_accuracy = 0;
  double cells = 0;
  std::array<double, kBins> predicted{}, came{}, in_bin{};
};

class HalfReplay {
 public:
  HalfReplay(const RouteReplaySetup& setup, std::span<const std::vector<std::size_t>> pools,
             const route::Router& router)
      : setup_(setup), pools_(pools), router_(router) {}

  void route(std::span<const float> vector, std::span<const neighbours::Neighbour> neighbours,
             std::span<const Correctness> row, QueryResult& result) const {
    const std::vector<double> chances = route::query_chances(router_, vector, neighbours);
    const std::size_t m = router_.models();
    std::vector<double> votes(route::kNeighbours.size() * m);
    route::vote(router_.benchmark, {}, neighbours, router_.accuracy, votes);
    const std::span<const double> plain = std::span(votes).subspan(router_.numbers.rule_neighbours[0] * m, m);
    take_chances(chances, row, result);
    for (const std::vector<std::size_t>& pool : pools_) take_pool(chances, plain, row, pool, result);
  }

 private:
  void take_chances(std::span<const double> chances, std::span<const Correctness> row, QueryResult& result) const {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == Correctness::unknown) continue;
      const double truth = row[j] == Correctness::right ? 1 : 0;
      result.brier += (chances[j] - truth) * (chances[j] - truth);
      result.brier_of_accuracy += (router_.accuracy[j] - truth) * (router_.accuracy[j] - truth);
      ++result.cells;
      const std::size_t bin = std::min(kBins - 1, static_cast<std::size_t>(chances[j] * kBins));
      result.predicted[bin] += chances[j];
      result.came[bin] += truth;
      ++result.in_bin[bin];
    }
  }

  void take_pool(std::span<const double> chances, std::span<const double> plain, std::span<const Correctness> row,
                 const std::vector<std::size_t>& pool, QueryResult& result) const {
    double all_right = 0, all_cost = 0;
    std::size_t oracle = pool[0];
    for (const std::size_t model : pool) {
      if (row[model] == Correctness::unknown) return;
      const bool right = row[model] == Correctness::right;
      all_right += right ? 1 : 0;
      all_cost += cost(model);
      const bool cheaper = cost(model) < cost(oracle);
      if ((right && row[oracle] != Correctness::right) ||
          (right == (row[oracle] == Correctness::right) && cheaper)) {
        oracle = model;
      }
    }
    const auto size = static_cast<double>(pool.size());
    ++result.pools;
    result.right[at_random] += all_right / size;
    result.cost[at_random] += all_cost / size;
    const auto take = [&](std::size_t router, std::size_t model) {
      result.right[router] += row[model] == Correctness::right ? 1 : 0;
      result.cost[router] += cost(model);
    };
    take(by_assay, pool[route::choose_for_query(router_, chances, pool, setup_.cost, setup_.cost_weight)]);
    take(by_neighbours, pool[route::choose_for_query(router_, plain, pool, {}, 0)]);
    take(by_average, pool[route::choose_for_query(router_, router_.accuracy, pool, {}, 0)]);
    take(by_oracle, oracle);
  }

  double cost(std::size_t model) const {
    return setup_.cost.empty() ? std::numeric_limits<double>::quiet_NaN() : setup_.cost[model];
  }

  const RouteReplaySetup& setup_;
  std::span<const std::vector<std::size_t>> pools_;
  const route::Router& router_;
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
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  if (count < 2) return {count > 0 ? sum : kUnknown, kUnknown};
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean) / (count - 1))};
}

double mean_cost(const std::vector<QueryResult>& queries, std::size_t router) {
  double sum = 0, count = 0;
  for (const QueryResult& query : queries) {
    sum += query.cost[router];
    count += query.pools;
  }
  return sum / count;
}

}  // namespace

void replay_queries(const RouteReplaySetup& setup, std::span<const std::vector<std::size_t>> pools,
                    RouteReplay& result) {
  const CorrectnessTable& outcomes = *setup.outcomes;
  std::array<std::vector<std::size_t>, 2> halves;
  for (std::size_t i = 0; i < outcomes.queries(); ++i) {
    halves[mix64(setup.same_text[i] + (setup.seed + 1) * kGoldenGamma) >> 63U].push_back(i);
  }
  if (halves[0].empty() || halves[1].empty()) return;
  std::vector<QueryResult> queries(outcomes.queries());
  for (std::size_t half = 0; half < 2; ++half) {
    const std::vector<float> vectors = setup.embed(halves[half]);
    const RoutePart part(outcomes, setup.same_text, vectors, setup.dimensions, halves[half]);
    const route::RouterFit fit = route::fit_router(part.view(), setup.threads);
    const route::Router router = fit.router(part.view());
    const HalfReplay replay_half(setup, pools, router);
    const std::vector<std::size_t>& others = halves[1 - half];
    const auto lists = part.neighbours_of(vectors, others, setup.threads);
    parallel_for(others.size(), setup.threads, [&](std::size_t i) {
      replay_half.route(std::span(vectors).subspan(others[i] * setup.dimensions, setup.dimensions), lists[i],
                        outcomes.row(query_id(others[i])), queries[others[i]]);
    });
  }
  for (std::size_t r = 0; r < kRouters; ++r) {
    stats::MeanSe regret = mean_of(queries, by_oracle, r);
    result.per_query.push_back(
        {kNames[r], mean_of(queries, r, kRouters), mean_of(queries, r, by_average), mean_cost(queries, r), regret});
  }
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
