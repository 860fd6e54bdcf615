#include "assay/route/query_routing.h"

#include <algorithm>
#include <cmath>

#include "assay/route/stacking_weights.h"

namespace assay::route {

bool routes_queries(const Router& router) { return router.numbers.query.skill >= kLeastQuerySkill; }

std::vector<double> query_chances(const Router& router, std::span<const float> query,
                                  std::span<const neighbours::Neighbour> neighbours) {
  const std::size_t m = router.models();
  if (!routes_queries(router)) return {router.accuracy.begin(), router.accuracy.end()};
  std::vector<double> votes(kNeighbours.size() * m), predicted(m), result(m);
  vote(router.benchmark, {}, neighbours, router.accuracy, votes);
  router.query_ridge.predict(query, predicted);
  predict(router.numbers.query, router.accuracy, std::span(votes).subspan(router.numbers.query_neighbours * m, m),
          predicted, router.accuracy, result);
  return result;
}

std::vector<double> query_chances(const Router& router, std::span<const float> query) {
  if (!routes_queries(router)) return {router.accuracy.begin(), router.accuracy.end()};
  return query_chances(router, query, router.neighbours(query, kNeighbours[router.numbers.query_neighbours]));
}

std::size_t choose_for_query(const Router& router, std::span<const double> chances,
                             std::span<const std::size_t> candidates, std::span<const double> cost,
                             double cost_weight) {
  double highest = 0;
  for (const double value : cost) highest = std::isnan(value) ? highest : std::max(highest, value);
  const auto worth = [&](std::size_t model) {
    if (cost.empty()) return chances[model];
    return chances[model] - cost_weight * (std::isnan(cost[model]) ? highest : cost[model]);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const double ahead = worth(candidates[i]) - worth(candidates[best]);
    const bool better = router.accuracy[candidates[i]] > router.accuracy[candidates[best]];
    if (ahead > 0 || (ahead == 0 && better)) best = i;
  }
  return best;
}

}  // namespace assay::route
