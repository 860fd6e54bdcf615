#include "assay/select/population.h"

#include <algorithm>
#include <cmath>

#include "assay/core/rng.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr std::size_t kMostDraws = 1000;
constexpr std::size_t kFewestDraws = 100;
constexpr std::size_t kCells = 10'000'000;  // of the table of sources, 40 MB; more only for the fewest draws
constexpr std::uint64_t kSourceStream = 0x736F75726365;
constexpr double kSameMean = 1e-9;
constexpr double kLeastTail = 1e-12;  // of a normal below its cut

}  // namespace

OtherQueries::OtherQueries(std::span<const double> weights, const PooledModel& leader, std::uint64_t seed)
    : queries_(weights.size()), weights_(weights.begin(), weights.end()), seed_(seed) {
  const std::size_t draws = std::clamp(kCells / std::max<std::size_t>(1, queries_), kFewestDraws, kMostDraws);
  Rng rng(seed, kSourceStream);
  sources_.resize(draws * queries_);
  for (std::size_t s = 0; s < draws; ++s) {
    const std::span<float> source = std::span(sources_).subspan(s * queries_, queries_);
    double sum = 0;
    for (std::size_t q = 0; q < queries_; ++q) {
      const double weight = -std::log(1 - rng.uniform()) * weights[q];
      source[q] = static_cast<float>(weight);
      sum += weight;
    }
    for (float& weight : source) weight = static_cast<float>(weight / sum);
  }
  for (std::size_t q = 0; q < queries_; ++q) leader_sum_ += weights[q] * leader.rewards[q];
  leads_ = means(leader.rewards);
  const auto n = static_cast<double>(queries_);
  for (std::size_t s = 0; s < draws; ++s) {
    leader_errors_.push_back(std::sqrt(leader.variance) * rng.normal());
    leads_[s] += (leader_errors_[s] + std::sqrt(leader.chance) * rng.normal()) / n;
  }
  behind_.assign(draws, std::numeric_limits<double>::infinity());
}

std::vector<double> OtherQueries::means(std::span<const double> rewards) const {
  std::vector<double> result;
  for (std::size_t s = 0; s * queries_ < sources_.size(); ++s) {
    double sum = 0;
    for (std::size_t q = 0; q < queries_; ++q) sum += static_cast<double>(sources_[s * queries_ + q]) * rewards[q];
    result.push_back(sum);
  }
  return result;
}

void OtherQueries::add_rival(const PooledModel& rival) {
  Rng rng(seed_, kSourceStream + ++rivals_);
  const std::vector<double> on_sources = means(rival.rewards);
  double sum = 0;
  for (std::size_t q = 0; q < queries_; ++q) sum += weights_[q] * rival.rewards[q];
  const auto n = static_cast<double>(queries_);
  const double deviation = std::sqrt(rival.variance);
  for (std::size_t s = 0; s < behind_.size(); ++s) {
    double error = 0;
    if (deviation > 0) {
      const double cut = (leader_sum_ + leader_errors_[s] + rival.below - sum) / deviation;
      const double share = std::max(kLeastTail, stats::normal_cdf(cut));
      error = deviation * stats::normal_quantile(std::max(kLeastTail / 2, share * rng.uniform()));
    }
    const double mean = on_sources[s] + (error + std::sqrt(rival.chance) * rng.normal()) / n;
    behind_[s] = std::min(behind_[s], leads_[s] - mean);
  }
}

double OtherQueries::risk(double epsilon) const {
  double overtaken = 0;
  for (const double lead : behind_) overtaken += lead < -epsilon - kSameMean ? 1 : 0;
  return overtaken / static_cast<double>(behind_.size());
}

}  // namespace assay::select
