#include "assay/select/fixed_order.h"

#include <algorithm>
#include <numeric>

#include "assay/select/best_model_posterior.h"
#include "assay/select/row_strategy.h"

namespace assay::select {
namespace {

class FixedOrder : public RowRule {
 public:
  explicit FixedOrder(std::size_t models) : posterior_(models, {}) {}

  // The pool is handed over in the order wanted.
  std::size_t choose(std::span<const QueryId> /*open*/) override { return 0; }
  void update(std::span<const Outcome> row, double weight) override { posterior_.update(row, weight); }
  std::vector<double> posterior() const override {
    return {posterior_.probabilities().begin(), posterior_.probabilities().end()};
  }

 private:
  BestModelPosterior posterior_;
};

}  // namespace

std::unique_ptr<Strategy> make_fixed_order(const Problem& problem, std::vector<double> scores) {
  std::vector<std::size_t> order(problem.pool.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<QueryId> sorted;
  sorted.reserve(order.size());
  for (const std::size_t i : order) sorted.push_back(problem.pool[i]);
  Problem in_order = problem;
  in_order.pool = std::move(sorted);
  return make_row_strategy(in_order, std::make_unique<FixedOrder>(problem.models));
}

}  // namespace assay::select
