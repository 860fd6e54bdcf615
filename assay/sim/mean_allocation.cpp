#include "assay/sim/mean_allocation.h"

#include <algorithm>
#include <cmath>

namespace assay::sim {
namespace {

using Agreement = std::vector<std::optional<double>>;

void add(std::span<const stats::MeanSe> of_one, double share, std::vector<stats::MeanSe>& sum) {
  sum.resize(of_one.size());
  for (std::size_t b = 0; b < of_one.size(); ++b) {
    sum[b].mean += share * of_one[b].mean;
    const double se = share * of_one[b].se;
    sum[b].se = std::sqrt(sum[b].se * sum[b].se + se * se);
  }
}

void add(std::span<const double> of_one, double share, std::vector<double>& sum) {
  sum.resize(of_one.size());
  for (std::size_t b = 0; b < of_one.size(); ++b) sum[b] += share * of_one[b];
}

Agreement mean_agreement(std::span<const AllocationResult* const> results, Agreement AllocationResult::*which) {
  Agreement means;
  for (std::size_t b = 0; b < results[0]->wce.size(); ++b) {
    double sum = 0, count = 0;
    for (const AllocationResult* result : results) {
      const Agreement& values = result->*which;
      if (b >= values.size() || !values[b]) continue;
      sum += *values[b];
      ++count;
    }
    means.push_back(count > 0 ? std::optional(sum / count) : std::nullopt);
  }
  return means;
}

}  // namespace

AllocationResult mean_of(std::span<const AllocationResult* const> results) {
  AllocationResult mean;
  const double share = 1 / static_cast<double>(results.size());
  for (const AllocationResult* one : results) {
    add(one->wce, share, mean.wce);
    add(one->mae, share, mean.mae);
    add(one->wce_less_uniform, share, mean.wce_less_uniform);
    add(one->curve, share, mean.curve);
    add(one->uniform_curve, share, mean.uniform_curve);
  }
  const bool agreement = std::any_of(results.begin(), results.end(),
                                     [](const AllocationResult* one) { return !one->pearson.empty(); });
  if (agreement) {
    mean.pearson = mean_agreement(results, &AllocationResult::pearson);
    mean.spearman = mean_agreement(results, &AllocationResult::spearman);
    mean.kendall = mean_agreement(results, &AllocationResult::kendall);
  }
  mean.calls_to_match_uniform = share_to_reach(mean.curve, mean.uniform_curve.back());
  return mean;
}

}  // namespace assay::sim
