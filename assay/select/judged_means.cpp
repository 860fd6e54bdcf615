#include "assay/select/judged_means.h"

#include <cmath>

#include "assay/core/rewards.h"
#include "assay/stats/normal.h"

namespace assay::select {

void JudgedMeans::observe(std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) {
    const std::size_t j = index(verdict.call.model);
    const double weight = weights_.of(verdict.call.query);
    sums_[j] += weight * worth(verdict.reward);
    weighed_[j] += weight;
    weighed_squares_[j] += weight * weight;
  }
  verdicts_ += verdicts.size();
}

double JudgedMeans::mean(ModelId model) const {
  const double weighed = weighed_[index(model)];
  return weighed > 0 ? sums_[index(model)] / weighed : 0.5;
}

std::vector<double> JudgedMeans::probability_of_best(std::span<const ModelId> candidates) const {
  std::vector<double> means;
  std::vector<double> deviations;
  for (const ModelId model : candidates) {
    means.push_back(mean(model));
    const double weighed = weighed_[index(model)];
    const double verdicts = weighed > 0 ? weighed * weighed / weighed_squares_[index(model)] : 0;
    deviations.push_back(0.5 / std::sqrt(verdicts + 1));
  }
  const std::vector<double> chances = stats::probability_of_largest(means, deviations);
  std::vector<double> posterior(sums_.size(), 0.0);
  for (std::size_t i = 0; i < candidates.size(); ++i) posterior[index(candidates[i])] = chances[i];
  return posterior;
}

}  // namespace assay::select
