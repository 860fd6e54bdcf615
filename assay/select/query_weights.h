#pragma once

#include <vector>

#include "assay/select/strategy.h"

namespace assay::select {

/// What each query of a problem's pool is worth in a model's mean reward.
class QueryWeights {
 public:
  explicit QueryWeights(const Problem& problem) {
    for (std::size_t i = 0; i < problem.weights.size(); ++i) {
      const std::size_t query = index(problem.pool[i]);
      if (query >= by_query_.size()) by_query_.resize(query + 1, 1.0);
      by_query_[query] = problem.weights[i];
    }
  }

  double of(QueryId query) const { return by_query_.empty() ? 1.0 : by_query_[index(query)]; }

 private:
  std::vector<double> by_query_;  // empty: all 1
};

}  // namespace assay::select
