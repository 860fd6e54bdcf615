#include "assay/core/rewards.h"

namespace assay {

RewardTable::RewardTable(const OutcomeTable& outcomes) : RewardTable(outcomes.queries(), outcomes.models()) {
  for (std::size_t i = 0; i < codes_.size(); ++i) codes_[i] = encoded(reward_of(outcomes.cells()[i]));
}

std::vector<double> RewardTable::means(std::span<const QueryId> pool) const {
  // Sums of codes are exact: equal records have equal means.
  std::vector<std::uint64_t> sums(models_, 0);
  for (const QueryId query : pool) {
    const std::span<const std::uint16_t> codes = row(query);
    for (std::size_t j = 0; j < models_; ++j) sums[j] += codes[j] == kNone ? kOne / 2 : codes[j];
  }
  std::vector<double> means(models_, 0);
  if (pool.empty()) return means;
  for (std::size_t j = 0; j < models_; ++j) {
    means[j] = static_cast<double>(sums[j]) / kOne / static_cast<double>(pool.size());
  }
  return means;
}

std::vector<double> RewardTable::means(std::span<const QueryId> pool, std::span<const double> weights) const {
  if (weights.empty()) return means(pool);
  std::vector<double> means(models_, 0);
  double sum = 0;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    const std::span<const std::uint16_t> codes = row(pool[i]);
    for (std::size_t j = 0; j < models_; ++j) means[j] += weights[i] * worth(decoded(codes[j]));
    sum += weights[i];
  }
  if (sum > 0) {
    for (double& mean : means) mean /= sum;
  }
  return means;
}

std::vector<double> RewardTable::means(std::span<const double> weights) const {
  std::vector<QueryId> all(queries_);
  for (std::size_t i = 0; i < queries_; ++i) all[i] = query_id(i);
  return means(all, weights);
}

}  // namespace assay
