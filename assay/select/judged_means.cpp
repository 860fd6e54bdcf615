#include "assay/select/judged_means.h"

#include <cmath>

#include "assay/core/rewards.h"
#include "assay/stats/normal.h"

namespace assay::select {

void JudgedMeans::observe(std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) {
    const std::size_t j = index(verdict.call.model);
    sums_[j] += worth(verdict.reward);
    ++counts_[j];
  }
  verdicts_ += verdicts.size();
}

double JudgedMeans::mean(ModelId model) const {
  const std::size_t count = counts_[index(model)];
  return count > 0 ? sums_[index(model)] / static_cast<double>(count) : 0.5;
}

std::vector<double> JudgedMeans::probability_of_best(std::span<const ModelId> candidates) const {
  std::vector<double> means;
  std::vector<double> deviations;
  for (const ModelId model : candidates) {
    means.push_back(mean(model));
    deviations.push_back(0.5 / std::sqrt(static_cast<double>(counts_[index(model)] + 1)));
  }
  const std::vector<double> chances = stats::probability_of_largest(means, deviations);
  std::vector<double> posterior(counts_.size(), 0.0);
  for (std::size_t i = 0; i < candidates.size(); ++i) posterior[index(candidates[i])] = chances[i];
  return posterior;
}

}  // namespace assay::select
