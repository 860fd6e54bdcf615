#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/text/response_features.h"

namespace assay {

/// An outcome on the query at `position` of the pool.
struct ReferenceOutcome {
  std::size_t position = 0;
  std::size_t model = 0;
  double worth = 0;
};

/// What OutcomeModel comes to when it is fitted until nothing moves. Models 0 .. m - 1, positions 0 .. N - 1.
struct ReferenceFit {
  struct Ability {
    double mean = 0;
    double slope = 1;
    double mean_variance = 0;
    double slope_variance = 0;
    double covariance = 0;
  };
  std::vector<Ability> abilities;
  std::vector<double> easiness;
  std::vector<double> easiness_variance;
  std::vector<double> weights;
  double population_mean = 0;
  double population_variance = 0;
  std::vector<QueryId> pool;
  const text::FeatureTable* features = nullptr;

  double logit(std::size_t position, std::size_t model) const;
  /// Of the logit, by the variances of the model's two parameters and of the query's easiness.
  double logit_variance(std::size_t position, std::size_t model) const;
  /// Expected worth: the normal integral over the logit, as a sum over a fine grid.
  double chance(std::size_t position, std::size_t model) const;
};

/// The mode of the penalised likelihood, which is summed up over all outcomes for every trial value of every
/// parameter, one parameter after the other, by golden section; variances by finite differences of the same
/// sum. For a dozen queries at most.
ReferenceFit reference_outcome_fit(std::size_t models, std::span<const QueryId> pool,
                                   std::span<const ReferenceOutcome> outcomes, const text::FeatureTable* features);

}  // namespace assay
