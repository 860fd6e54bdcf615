#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/outcomes.h"
#include "assay/select/strategy.h"

namespace assay::select {

/// Chances of the best model's outcomes against the baseline: e_loss and e_draw of LLM SELECTOR. Both are positive
/// and their sum is below 1.
struct OutcomeChances {
  double loss = 0.2;
  double draw = 0.4;
};

/// Probability of each of m models to be the best one, F, under the two-parameter model of LLM SELECTOR
/// (arXiv 2510.09418, section 3): F's outcome against the baseline is
///   P(<) = e_loss, P(=) = e_draw, P(>) = 1 - e_loss - e_draw,
/// any other model's outcome tells nothing. From a uniform prior, P(F = j | A) is proportional to the product of
/// P(R_qj)^w_q over the judged queries q, w_q being what the query is worth (1 in the paper). A missing verdict has
/// the probability 1/3 that it has under no knowledge, so that it speaks neither for a model nor against it.
/// Depends on how often each model had each outcome, to the last bit, not on the order of the rows: models with
/// equal records tie.
class BestModelPosterior {
 public:
  BestModelPosterior(std::size_t models, const OutcomeChances& chances);

  /// Multiplies in the outcomes of a row, of a query of this weight. O(m).
  void update(std::span<const Outcome> row, double weight = 1);

  /// P(F = j), m values that sum to one.
  std::span<const double> probabilities() const { return probabilities_; }

  /// P(R) for each outcome, and its logarithm.
  const std::array<double, kOutcomes>& likelihood() const { return likelihood_; }
  const std::array<double, kOutcomes>& log_likelihood() const { return log_likelihood_; }

 private:
  std::array<double, kOutcomes> likelihood_;
  std::array<double, kOutcomes> log_likelihood_;
  std::vector<std::array<double, kOutcomes>> counts_;  // by model; of weight 1 exact
  std::vector<double> probabilities_;
};

}  // namespace assay::select
