#pragma once

#include <cstddef>
#include <vector>

#include "assay/select/outcome_model.h"

namespace assay::select {

/// Forecast of the leader's lead over each rival at the end of the pool. It is made of a forecast of each model's
/// sum of outcomes. The vectors have an entry for each model.
struct LeadForecast {
  std::vector<double> mean;         ///< Expected sum
  std::vector<double> likely;       ///< Sum if each unknown outcome is the likelier one
  std::vector<double> falls;        ///< Expected number of those that will be worse than that
  std::vector<double> rises;        ///< Expected number of those that will be better
  std::vector<double> open;         ///< Number of unknown outcomes
  std::vector<double> noise;        ///< Variance by chance
  std::vector<double> parameter;    ///< Variance because the model's parameters are unknown
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

  /// Takes a new forecast of a model. `judged`: sum of its known outcomes; `unjudged`: number of the others.
  void expect(std::size_t model, double judged, std::size_t unjudged, const Forecast& forecast);
  /// Plans ahead: an outcome of this variance will be known.
  void learn(std::size_t model, double variance);
  /// An outcome came: its worth, and the chance and variance that it was forecast with.
  void see(std::size_t model, double worth, double chance, double variance);
  /// All outcomes of this model are known and sum to `sum`. Clears what rounding left over.
  void settle(std::size_t model, double sum);
};

}  // namespace assay::select
