#include "assay/stats/entropy.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {

void normalize_log(std::span<double> log_weights) {
  const double top = *std::max_element(log_weights.begin(), log_weights.end());
  double sum = 0;
  for (double& weight : log_weights) sum += weight = std::exp(weight - top);
  for (double& weight : log_weights) weight /= sum;
}

double entropy(std::span<const double> probabilities) {
  double sum = 0;
  for (const double p : probabilities) {
    if (p > 0) sum -= p * std::log(p);
  }
  return sum;
}

}  // namespace assay::stats
