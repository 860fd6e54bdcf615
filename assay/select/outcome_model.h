#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/rewards.h"
#include "assay/select/calibration.h"
#include "assay/text/response_features.h"

namespace assay::select {

/// An OutcomeModel's forecast of one model's rewards on the queries of the pool that are not judged for it yet.
struct Forecast {
  double sum = 0;       ///< Expected, each reward with the weight of its query.
  double variance = 0;  ///< Of the same: by chance, and because the model's ability and slope are unknown.
};

/// Hierarchical logistic model of the rewards of m models on the N queries of a pool, in the form of item response
/// theory:
///
///   E reward of model j on query q
///       = logistic(ability_j + slope_j * easiness_q + weights . f_qj + likeness_j * residual_q)
///
/// ability ~ N(mean, variance), both estimated; slope ~ N(1, 0.3^2): models differ in how much a query's easiness,
/// which others' rewards on it tell, says of them; easiness ~ N(0, 1); weights ~ N(0, 1) on the features of the
/// responses, of which one may be what an assistant says: 2 a - 1 for its reward a, so that a judge who errs in a
/// share e of his verdicts, at random, has the weight log((1 - e) / e). It counts as 0 until it is clear. What it
/// does not say has its mean of the model. The residual is what a reference model, judged on the whole pool, got
/// beyond what was expected of it; likeness_j tells how much model j shares its surprises, as near-copies do. Any
/// reward in [0, 1] is fitted by its mean (quasi-likelihood), so that graded and three-valued ones need no form of
/// their own. Fitted by Newton steps to the joint mode (Breslow and Clayton 1993), with the curvature there as
/// precision.
///
/// The forecasts are calibrated: each reward that comes is compared with what was forecast for it before, and later
/// forecasts are sharpened or flattened by what would have served best (Calibration). Positions are those of the
/// pool, 0 .. N - 1.
class OutcomeModel {
 public:
  /// `features` and `assistant` may be nullptr. Copies the features of the pool, N m k floats.
  OutcomeModel(std::size_t models, std::span<const QueryId> pool, const text::FeatureTable* features,
               const RewardTable* assistant = nullptr);

  /// A reward in [0, 1]; each pair at most once.
  void add(std::size_t position, std::size_t model, double reward);
  /// The log odds that were forecast for a reward that has now come: calibrates later forecasts.
  void score(double log_odds, double reward) { calibration_.see(log_odds, reward); }
  /// A Newton step of each block of parameters. O(rewards).
  void fit();
  /// The ability and the slope of one model alone. O(its rewards).
  void fit(std::size_t model);
  /// The residuals of this model are what likeness refers to from now on. It should be judged on all of the pool.
  void refer_to(std::size_t model);

  /// Of 2 a - 1, as above; 0 without an assistant.
  double assistant_weight() const { return assisted_ ? weights_.back() : 0; }

  /// A reward that was added: its position, or in a list of a query's its model.
  struct Judged {
    std::size_t other;
    double reward;
  };
  /// Of one model, in the order in which they were added.
  std::span<const Judged> rewards(std::size_t model) const { return abilities_[model].rewards; }

  /// Of one model, N floats each: log odds as the parameters say, and the expected rewards, calibrated.
  struct Chances {
    std::vector<float> log_odds;
    std::vector<float> expected;
  };
  /// Over the positions where `open` is not 0; `weights`: of the queries. Writes what is expected there to
  /// `chances`. O(N).
  Forecast forecast(std::size_t model, std::span<const char> open, std::span<const double> weights,
                    Chances& chances) const;

 private:
  struct Ability {
    double mean = 0;
    double slope = 1;
    double likeness = 0;
    double likeness_variance = 0;
    double mean_variance = 0;
    double slope_variance = 0;
    double covariance = 0;
    std::vector<Judged> rewards;
  };
  struct Query {
    double easiness = 0;
    double variance = 1;
    std::vector<Judged> rewards;
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
    return ability.mean + ability.slope * queries_[position].easiness + offset(position, model) +
           (residuals_.empty() ? 0.0 : ability.likeness * residuals_[position]);
  }
  void fit_queries();
  void fit_likeness(std::size_t model);
  void fit_kinship();
  void fit_population();
  void fit_weights();

  std::vector<float> features_;  // of the pool alone, a row of N k for each model
  std::vector<Ability> abilities_;
  std::vector<Query> queries_;
  std::vector<double> weights_;  // the last one the assistant's, if there is one
  bool assisted_;
  double assistant_weight_ = 0;  // as fitted; in weights_ only where it is clear
  double ability_mean_ = 0;
  double ability_variance_;
  std::vector<float> residuals_;  // of the reference model; empty if there is none
  std::size_t reference_ = 0;
  double likeness_mean_ = 0;
  double likeness_variance_;
  Calibration calibration_;
};

}  // namespace assay::select
