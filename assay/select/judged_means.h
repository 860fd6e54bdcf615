#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/verdict.h"
#include "assay/select/query_weights.h"

namespace assay::select {

/// Mean reward of each model on what was judged of it, by the weights of the queries. A call without a verdict
/// counts 1/2.
class JudgedMeans {
 public:
  explicit JudgedMeans(const Problem& problem)
      : weights_(problem),
        sums_(problem.models, 0.0),
        weighed_(problem.models, 0.0),
        weighed_squares_(problem.models, 0.0) {}

  void observe(std::span<const Verdict> verdicts);

  /// 1/2 if nothing was judged.
  double mean(ModelId model) const;
  /// Of all models.
  std::size_t verdicts() const { return verdicts_; }

  /// Probability of each of all m models to have the highest expected reward if it is one of `candidates`. The
  /// means are taken for normals with standard deviation 1/2 / sqrt(T + 1) after T verdicts: rewards in [0, 1]
  /// can't spread more. Of unequal weights w, T is (sum of w)^2 / sum of w^2.
  std::vector<double> probability_of_best(std::span<const ModelId> candidates) const;

 private:
  QueryWeights weights_;
  std::vector<double> sums_;
  std::vector<double> weighed_;  // weight of what was judged, by model
  std::vector<double> weighed_squares_;
  std::size_t verdicts_ = 0;
};

}  // namespace assay::select
