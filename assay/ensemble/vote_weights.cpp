// w_j ~ N(c naive_j, tau^2): a member's weight is its naive one, times what is common to all, give or take. tau is
// read off the queries by moments: the spread of loosely fitted weights about c naive_j, beyond what their standard
// errors explain. With few queries that is nothing, and the vote is by log odds; with many the weights are free.

#include "assay/ensemble/vote_weights.h"

#include <algorithm>

#include "assay/stats/cholesky.h"

namespace assay::ensemble {
namespace {

constexpr double kLoose = 0.5;   // precision of the first fit, which is to show the spread
constexpr double kTight = 1000;  // where the weights show none
constexpr double kLast = 10;     // of the weight of the last feature: it is common to all tasks
constexpr double kUsual = 4;     // of the same, about what it usually is

// Diagonal of the inverse of a symmetric positive definite p x p matrix, lower triangle.
std::vector<double> inverse_diagonal(std::vector<double> matrix, std::size_t p) {
  stats::factor_cholesky(matrix, p);
  std::vector<double> diagonal;
  for (std::size_t f = 0; f < p; ++f) {
    std::vector<double> unit(p, 0.0);
    unit[f] = 1;
    stats::solve_factored(matrix, unit);
    diagonal.push_back(unit[f]);
  }
  return diagonal;
}

}  // namespace

std::vector<double> scaled_weights(const stats::Choices& choices, std::vector<double> proportions, bool last) {
  const std::size_t p = proportions.size();
  const double usual_last = proportions[p - 1];
  proportions[p - 1] = 0;
  std::vector<double> directions = proportions;
  if (last) {
    directions.resize(2 * p, 0.0);
    directions[2 * p - 1] = 1;
  }
  const std::size_t q = directions.size() / p;
  stats::LogitPrior prior{std::vector<double>(q, 1.0), std::vector<double>(q, 0.1)};
  if (last) {
    prior.mean[1] = usual_last;
    prior.precision[1] = kUsual;
  }
  const std::vector<double> factors =
      stats::fit_logit(choices.projected(directions), prior, std::vector<double>(q, 0.5));
  for (double& weight : proportions) weight *= factors[0];
  proportions[p - 1] = last ? factors[1] : 0;
  return proportions;
}

std::vector<double> loose_weights(const stats::Choices& choices, const std::vector<double>& target,
                                  const std::vector<double>& start) {
  stats::LogitPrior prior{target, std::vector<double>(target.size(), kLoose)};
  prior.precision.back() = 1;
  return stats::fit_logit(choices, prior, start);
}

std::vector<double> shrunken_weights(const stats::Choices& choices, const std::vector<double>& target) {
  const std::size_t p = target.size(), k = p - 1;
  if (k < 2) return target;
  const std::vector<double> loose = loose_weights(choices, target, target);
  stats::LogitPrior prior{target, std::vector<double>(p, kLoose)};
  prior.precision[k] = kLast;
  std::vector<double> matrix = stats::information_matrix(choices, loose);
  for (std::size_t f = 0; f < p; ++f) matrix[f * p + f] += prior.precision[f];
  const std::vector<double> variance = inverse_diagonal(matrix, p);
  double spread = 0;
  for (std::size_t j = 0; j < k; ++j) {
    const double distance = loose[j] - target[j];
    spread += distance * distance - variance[j];
  }
  spread /= static_cast<double>(k) - 1;  // as many as are free: the target has their mean
  const double precision = spread > 1 / kTight ? 1 / spread : kTight;
  std::fill(prior.precision.begin(), prior.precision.end() - 1, std::max(precision, kLoose));
  return stats::fit_logit(choices, prior, loose);
}

}  // namespace assay::ensemble
