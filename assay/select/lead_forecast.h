#pragma once

#include <cstddef>
#include <vector>

#include "assay/select/outcome_model.h"

namespace assay::select {

/// What decides between the leader and its rivals, model by model: forecasts of sums of outcomes over a pool.
/// Entries of the vectors are models.
struct LeadForecast {
  std::vector<double> mean;         ///< Expected sum
  std::vector<double> likely;       ///< Sum if each outcome that is not known were the likelier one
  std::vector<double> falls;        ///< Expected number of those that will be worse than that
  std::vector<double> rises;        ///< Expected number of those that will be better
  std::vector<double> open;         ///< Number of outcomes that are not known
  std::vector<double> noise;        ///< Variance by chance
  std::vector<double> parameter;    ///< Variance by what is not known of the model
  std::vector<double> information;  ///< About the model's ability
  std::vector<double> shared;       ///< Covariance with the leader's sum
  std::size_t leader = 0;
  double tolerance = 0;  ///< N epsilon

  explicit LeadForecast(std::size_t models);

  /// Variance of a model's sum.
  double own(std::size_t model) const { return noise[model] + parameter[model]; }
  /// Variance of the difference to the leader, > 0.
  double variance(std::size_t rival) const;
  /// Lead over a rival in standard deviations, the tolerance and half the smallest step of a sum included.
  double z(std::size_t rival) const;
  /// Probability that a rival is more than the tolerance ahead of the leader; 0 for the leader.
  double risk(std::size_t rival) const;
  /// Sum of the risks of all rivals, at most 1.
  double risk() const;

  /// A new forecast of a model of which `unjudged` outcomes are not known, and the others sum to `judged`.
  void expect(std::size_t model, double judged, std::size_t unjudged, const Forecast& forecast);
  /// An outcome of this variance will have become known.
  void learn(std::size_t model, double variance);
  /// An outcome has become known: its worth, and what was expected of it.
  void see(std::size_t model, double worth, double chance, double variance);
  /// Everything is known of this model, `sum`: no rounding must be left over.
  void settle(std::size_t model, double sum);
};

}  // namespace assay::select
