#include "assay/route/query_routing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/route/stacking_weights.h"

namespace assay::route {

bool routes_queries(const Router& router) { return router.numbers.query.skill >= kLeastQuerySkill; }

std::vector<double> query_chances(const Router& router, std::span<const float> query,
                                  std::span<const neighbours::Neighbour> neighbours) {
  const std::size_t m = router.models();
  if (!routes_queries(router)) return {router.accuracy.begin(), router.accuracy.end()};
  std::vector<double> votes(m), predicted(m), result(m);
  cautious_vote(router.benchmark, neighbours, kNeighbours[router.numbers.query_neighbours], router.accuracy, votes);
  router.query_ridge.predict(query, predicted);
  predict(router.numbers.query, router.accuracy, votes, predicted, router.accuracy, result);
  return result;
}

std::vector<double> query_chances(const Router& router, std::span<const float> query) {
  if (!routes_queries(router)) return {router.accuracy.begin(), router.accuracy.end()};
  return query_chances(router, query, router.neighbours(query, kNeighbours[router.numbers.query_neighbours]));
}

namespace {

// The chance of a right answer less what the model costs.
class Worth {
 public:
  Worth(std::span<const double> chances, std::span<const double> cost, double cost_weight)
      : chances_(chances), cost_(cost), cost_weight_(cost_weight) {
    for (const double value : cost) highest_ = std::isnan(value) ? highest_ : std::max(highest_, value);
  }
  double operator()(std::size_t model) const {
    if (cost_.empty()) return chances_[model];
    return chances_[model] - cost_weight_ * (std::isnan(cost_[model]) ? highest_ : cost_[model]);
  }

 private:
  std::span<const double> chances_, cost_;
  double cost_weight_;
  double highest_ = 0;
};

}  // namespace

std::size_t choose_for_query(const Router& router, std::span<const double> chances,
                             std::span<const std::size_t> candidates, std::span<const double> cost,
                             double cost_weight) {
  const Worth worth(chances, cost, cost_weight);
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const double ahead = worth(candidates[i]) - worth(candidates[best]);
    const bool better = router.accuracy[candidates[i]] > router.accuracy[candidates[best]];
    if (ahead > 0 || (ahead == 0 && better)) best = i;
  }
  return best;
}

std::size_t best_single(const Router& router, std::span<const std::size_t> candidates) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    if (router.accuracy[candidates[i]] > router.accuracy[candidates[best]]) best = i;
  }
  return best;
}

QueryChoice route_query(const Router& router, std::span<const double> chances,
                        std::span<const std::size_t> candidates, std::span<const double> cost, double cost_weight) {
  const Worth worth(chances, cost, cost_weight);
  QueryChoice choice;
  choice.chosen = choose_for_query(router, chances, candidates, cost, cost_weight);
  choice.single = best_single(router, candidates);
  choice.margin = worth(candidates[choice.chosen]) - worth(candidates[choice.single]);
  if (!router.guard) return choice;
  if (!router.guard->routes || !(choice.margin > router.guard->margin)) choice.chosen = choice.single;
  return choice;
}

void check_guard(const Router& router, std::size_t candidates, double cost_weight) {
  if (!router.guard) return;
  if (cost_weight != router.guard->cost_weight) {
    throw InvalidArgument(fmt::format("the router's guard holds for a `cost_weight` of {:g}, came {:g}",
                                      router.guard->cost_weight, cost_weight));
  }
  if (candidates != router.models()) {
    throw InvalidArgument(fmt::format("the router's guard holds for its {} models together, came {} of them",
                                      router.models(), candidates));
  }
}

}  // namespace assay::route
