#include "assay/route/task_posterior.h"

#include <algorithm>

#include "assay/stats/cholesky.h"

namespace assay::route {

void TaskPosterior::add_model(double estimate) {
  mean_.push_back(estimate);
  variance_.push_back(own_ + common_);
}

void TaskPosterior::add_labels(std::size_t i, double share, double known) {
  if (known > 0) labels_.push_back({i, share, known});
}

void TaskPosterior::update(double own, double common) {
  const std::size_t n = labels_.size();
  if (n == 0) return;
  // Of what the labels should be.
  std::vector<double> covariance(n * n);
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      covariance[a * n + b] = common_ + common / std::max(labels_[a].known, labels_[b].known);
    }
    covariance[a * n + a] += own_ + own / labels_[a].known + 1e-12;
  }
  stats::factor_cholesky(covariance, n);
  const auto solved = [&](std::vector<double> right) {
    stats::solve_factored(covariance, right);
    return right;
  };
  std::vector<double> surprises;
  for (const Labels& one : labels_) surprises.push_back(one.share - mean_[one.model]);
  const std::vector<double> weights = solved(surprises);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    // With the labels; all models share the common part.
    std::vector<double> with(n, common_);
    for (std::size_t a = 0; a < n; ++a) with[a] += labels_[a].model == i ? own_ : 0;
    const std::vector<double> explained = solved(with);
    for (std::size_t a = 0; a < n; ++a) {
      mean_[i] += with[a] * weights[a];
      variance_[i] -= with[a] * explained[a];
    }
    variance_[i] = std::max(0.0, variance_[i]);
  }
}

}  // namespace assay::route
