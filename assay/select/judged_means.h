#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/verdict.h"

namespace assay::select {

/// Mean reward of each model on what was judged of it. A call without a verdict counts 1/2.
class JudgedMeans {
 public:
  explicit JudgedMeans(std::size_t models) : sums_(models, 0.0), counts_(models, 0) {}

  void observe(std::span<const Verdict> verdicts);

  /// 1/2 if nothing was judged.
  double mean(ModelId model) const;
  /// Of all models.
  std::size_t verdicts() const { return verdicts_; }

  /// Probability of each of all m models to have the highest expected reward if it is one of `candidates`. The
  /// means are taken for normals with standard deviation 1/2 / sqrt(T + 1) after T verdicts: rewards in [0, 1]
  /// can't spread more.
  std::vector<double> probability_of_best(std::span<const ModelId> candidates) const;

 private:
  std::vector<double> sums_;
  std::vector<std::size_t> counts_;
  std::size_t verdicts_ = 0;
};

}  // namespace assay::select
