#include "assay/select/best_model_posterior.h"

#include <cmath>

#include "assay/stats/entropy.h"

namespace assay::select {

BestModelPosterior::BestModelPosterior(std::size_t models, const OutcomeChances& chances)
    : likelihood_{}, log_likelihood_{}, counts_(models), probabilities_(models, 1.0 / static_cast<double>(models)) {
  const auto at = [&](Outcome outcome) -> double& { return likelihood_[static_cast<std::size_t>(outcome)]; };
  at(Outcome::none) = 1.0 / 3.0;
  at(Outcome::loss) = chances.loss;
  at(Outcome::draw) = chances.draw;
  at(Outcome::win) = 1.0 - chances.loss - chances.draw;
  for (std::size_t c = 0; c < kOutcomes; ++c) log_likelihood_[c] = std::log(likelihood_[c]);
}

void BestModelPosterior::update(std::span<const Outcome> row, double weight) {
  for (std::size_t j = 0; j < row.size(); ++j) {
    counts_[j][static_cast<std::size_t>(row[j])] += weight;
    double log_weight = 0;
    for (std::size_t c = 0; c < kOutcomes; ++c) log_weight += counts_[j][c] * log_likelihood_[c];
    probabilities_[j] = log_weight;
  }
  stats::normalize_log(probabilities_);
}

}  // namespace assay::select
