#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/text/response_features.h"

namespace assay::select {

/// An OutcomeModel's forecast of one model's outcomes on the queries of the pool that are not judged for it yet.
struct Forecast {
  double sum = 0;          ///< Expected worth of these outcomes, wins and half the draws.
  double noise = 0;        ///< Its variance by chance, query by query, as if all parameters were known.
  double parameter = 0;    ///< Its variance because the model's ability and slope are unknown.
  double likely = 0;       ///< Outcomes that are more likely won than not.
  double falls = 0;        ///< Expected number of these that will be lost.
  double rises = 0;        ///< Expected number of the others that will be won.
  double information = 0;  ///< About the ability, gained so far; what a judgement adds is p (1 - p).
};

/// Hierarchical logistic model of the outcomes of m models on the N queries of a pool, item response theory's
/// four-parameter form:
///
///   P(win of model j on query q) = lapse + (1 - 2 lapse) * logistic(ability_j + slope_j * easiness_q + weights .
///   f_qj)
///
/// ability ~ N(mean, variance), both estimated; slope ~ N(1, 0.3^2): models differ in how much a query's
/// easiness, which others' outcomes on it tell, says of them; easiness ~ N(0, 1); weights ~ N(0, 1) on the features
/// of the responses; lapse 0.02: one outcome in fifty is beyond what any of this can foresee. A draw is half a win.
/// The constants are of the logistic scale, not of any data set; docs/results/select.md tells how they were chosen
/// and what each part is worth. Fitted by Newton steps to the joint mode (penalised quasi-likelihood, Breslow and
/// Clayton 1993), with the curvature there as precision. Positions are those of the pool, 0 .. N - 1.
class OutcomeModel {
 public:
  /// `features` may be nullptr. Copies the features of the pool, N m k floats.
  OutcomeModel(std::size_t models, std::span<const QueryId> pool, const text::FeatureTable* features);

  /// An outcome, by its worth; each pair at most once.
  void add(std::size_t position, std::size_t model, double worth);
  /// A Newton step of each block of parameters. O(outcomes).
  void fit();

  /// Expected worth of the outcome of an unjudged pair, in [lapse, 1 - lapse].
  double chance(std::size_t position, std::size_t model) const;

  /// Over the positions where `open` is not 0. Writes the chances there to `chances` (N floats). O(N).
  Forecast forecast(std::size_t model, std::span<const char> open, std::span<float> chances) const;

  /// Covariance of the sums of two forecasts: the easiness of the queries that are open for both is common.
  double shared(std::size_t a, std::size_t b, std::span<const char> open_a, std::span<const char> open_b,
                std::span<const float> chances_a, std::span<const float> chances_b) const;
  /// The same for a single query, from the two variances p (1 - p).
  double shared(std::size_t position, std::size_t a, std::size_t b, double noise_a, double noise_b) const {
    return noise_a * noise_b * abilities_[a].slope * abilities_[b].slope * queries_[position].variance;
  }

 private:
  struct Judged {
    std::size_t other;  // position of a model's outcome, model of a query's
    double worth;
  };
  struct Ability {
    double mean = 0;
    double slope = 1;
    double mean_variance = 0;
    double slope_variance = 0;
    double covariance = 0;
    std::vector<Judged> outcomes;
  };
  struct Query {
    double easiness = 0;
    double variance = 1;
    std::vector<Judged> outcomes;
  };

  // What the features of a response contribute.
  double offset(std::size_t position, std::size_t model) const {
    const float* features = features_.data() + (model * queries_.size() + position) * weights_.size();
    double sum = 0;
    for (std::size_t k = 0; k < weights_.size(); ++k) sum += weights_[k] * features[k];
    return sum;
  }
  static double flattening_of(const Ability& ability, const Query& query);
  double logit(std::size_t position, const Ability& ability, std::size_t model) const {
    return ability.mean + ability.slope * queries_[position].easiness + offset(position, model);
  }
  void fit_queries();
  void fit_abilities();
  void fit_population();
  void fit_weights();

  std::vector<float> features_;  // of the pool alone, a row of N k for each model
  std::vector<Ability> abilities_;
  std::vector<Query> queries_;
  std::vector<double> weights_;
  double ability_mean_ = 0;
  double ability_variance_;
};

}  // namespace assay::select
