#include "assay/select/outcome_model.h"

#include <algorithm>
#include <cmath>

#include "assay/stats/cholesky.h"

namespace assay::select {
namespace {

constexpr double kLapse = 0.02;
constexpr double kSlopeVariance = 0.09;
constexpr double kEasinessVariance = 1;
constexpr double kWeightVariance = 1;
constexpr double kAbilityVariance = 2;      // before there is anything to estimate it from
constexpr double kAbilityVarianceSize = 5;  // models that this guess counts for

// Newton steps are cut to this: far from the mode the curvature says little.
constexpr double kLongestStep = 1;
constexpr double kLongestSlopeStep = 0.3;
constexpr double kLongestWeightStep = 0.5;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double with_lapse(double logit) { return kLapse + (1 - 2 * kLapse) * logistic(logit); }

double cut(double step, double longest) { return std::clamp(step, -longest, longest); }

// Divides the mean of a normal x to give the mean of logistic(x): the normal integral of a probit, pi / 8 matching
// the two (MacKay 1992).
double flattening(double variance) { return std::sqrt(1 + 0.392699081698724 * std::max(0.0, variance)); }

}  // namespace

OutcomeModel::OutcomeModel(std::size_t models, std::span<const QueryId> pool, const text::FeatureTable* features)
    : abilities_(models),
      queries_(pool.size()),
      weights_(features == nullptr ? 0 : features->features(), 0.0),
      ability_variance_(kAbilityVariance) {
  for (Ability& ability : abilities_) {
    ability.mean_variance = kAbilityVariance;
    ability.slope_variance = kSlopeVariance;
  }
  for (Query& query : queries_) query.variance = kEasinessVariance;
  if (features == nullptr) return;
  features_.reserve(models * pool.size() * weights_.size());
  for (std::size_t j = 0; j < models; ++j) {
    for (const QueryId query : pool) {
      const std::span<const float> of_response = features->at(query, model_id(j));
      features_.insert(features_.end(), of_response.begin(), of_response.end());
    }
  }
}

double OutcomeModel::flattening_of(const Ability& ability, const Query& query) {
  return flattening(ability.slope * ability.slope * query.variance + ability.mean_variance +
                    query.easiness * (2 * ability.covariance + query.easiness * ability.slope_variance));
}

double OutcomeModel::chance(std::size_t position, std::size_t model) const {
  const Ability& ability = abilities_[model];
  return with_lapse(logit(position, ability, model) / flattening_of(ability, queries_[position]));
}

void OutcomeModel::add(std::size_t position, std::size_t model, double worth) {
  abilities_[model].outcomes.push_back({position, worth});
  queries_[position].outcomes.push_back({model, worth});
}

void OutcomeModel::fit() {
  fit_queries();
  fit_abilities();
  fit_population();
  fit_weights();
}

void OutcomeModel::fit_queries() {
  for (std::size_t q = 0; q < queries_.size(); ++q) {
    Query& query = queries_[q];
    if (query.outcomes.empty()) continue;
    double gradient = -query.easiness / kEasinessVariance;
    double curvature = 1 / kEasinessVariance;
    for (const Judged& judged : query.outcomes) {
      const Ability& ability = abilities_[judged.other];
      const double p = logistic(logit(q, ability, judged.other));
      gradient += ability.slope * (judged.worth - p);
      curvature += ability.slope * ability.slope * p * (1 - p);
    }
    query.easiness += cut(gradient / curvature, kLongestStep);
    query.variance = 1 / curvature;
  }
}

void OutcomeModel::fit_abilities() {
  for (std::size_t j = 0; j < abilities_.size(); ++j) {
    Ability& ability = abilities_[j];
    double mean_gradient = (ability_mean_ - ability.mean) / ability_variance_;
    double slope_gradient = (1 - ability.slope) / kSlopeVariance;
    double mean_curvature = 1 / ability_variance_;
    double slope_curvature = 1 / kSlopeVariance;
    double mixed_curvature = 0;
    for (const Judged& judged : ability.outcomes) {
      const double easiness = queries_[judged.other].easiness;
      const double p = logistic(logit(judged.other, ability, j));
      const double noise = p * (1 - p);
      mean_gradient += judged.worth - p;
      slope_gradient += (judged.worth - p) * easiness;
      mean_curvature += noise;
      slope_curvature += noise * easiness * easiness;
      mixed_curvature += noise * easiness;
    }
    const double determinant = mean_curvature * slope_curvature - mixed_curvature * mixed_curvature;
    ability.mean_variance = slope_curvature / determinant;
    ability.slope_variance = mean_curvature / determinant;
    ability.covariance = -mixed_curvature / determinant;
    ability.mean += cut(ability.mean_variance * mean_gradient + ability.covariance * slope_gradient, kLongestStep);
    ability.slope +=
        cut(ability.covariance * mean_gradient + ability.slope_variance * slope_gradient, kLongestSlopeStep);
    ability.slope = std::clamp(ability.slope, 0.2, 3.0);
  }
}

void OutcomeModel::fit_population() {
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (const Ability& ability : abilities_) {
    if (ability.outcomes.empty()) continue;
    sum += ability.mean;
    count += 1;
  }
  if (count == 0) return;
  ability_mean_ = sum / (count + 1);
  for (const Ability& ability : abilities_) {
    if (ability.outcomes.empty()) continue;
    const double distance = ability.mean - ability_mean_;
    squares += distance * distance + ability.mean_variance;
  }
  ability_variance_ = (squares + kAbilityVarianceSize * kAbilityVariance) / (count + kAbilityVarianceSize);
}

void OutcomeModel::fit_weights() {
  const std::size_t k = weights_.size();
  if (k == 0) return;
  std::vector<double> gradient(k);
  std::vector<double> curvature(k * k, 0.0);
  for (std::size_t a = 0; a < k; ++a) {
    gradient[a] = -weights_[a] / kWeightVariance;
    curvature[a * k + a] = 1 / kWeightVariance;
  }
  for (std::size_t j = 0; j < abilities_.size(); ++j) {
    for (const Judged& judged : abilities_[j].outcomes) {
      const double p = logistic(logit(judged.other, abilities_[j], j));
      const float* features = features_.data() + (j * queries_.size() + judged.other) * k;
      for (std::size_t a = 0; a < k; ++a) {
        gradient[a] += (judged.worth - p) * features[a];
        for (std::size_t b = 0; b <= a; ++b) curvature[a * k + b] += p * (1 - p) * features[a] * features[b];
      }
    }
  }
  stats::solve_cholesky(curvature, gradient);
  for (std::size_t a = 0; a < k; ++a) weights_[a] += cut(gradient[a], kLongestWeightStep);
}

Forecast OutcomeModel::forecast(std::size_t model, std::span<const char> open, std::span<float> chances) const {
  const Ability& ability = abilities_[model];
  Forecast forecast;
  double by_mean = 0;  // derivatives of the sum
  double by_slope = 0;
  const Query untouched{.easiness = 0, .variance = kEasinessVariance, .outcomes = {}};
  const double usual = flattening_of(ability, untouched);
  for (std::size_t q = 0; q < open.size(); ++q) {
    if (open[q] == 0) continue;
    const Query& query = queries_[q];
    const double root = query.outcomes.empty() ? usual : flattening_of(ability, query);
    const double p = with_lapse(logit(q, ability, model) / root);
    const double noise = p * (1 - p);
    chances[q] = static_cast<float>(p);
    forecast.sum += p;
    forecast.noise += noise;
    forecast.likely += p < 0.5 ? 0 : 1;
    (p < 0.5 ? forecast.rises : forecast.falls) += std::min(p, 1 - p);
    by_mean += noise;
    by_slope += noise * query.easiness;
  }
  forecast.parameter =
      std::max(0.0, by_mean * by_mean * ability.mean_variance + 2 * by_mean * by_slope * ability.covariance +
                        by_slope * by_slope * ability.slope_variance);
  forecast.information = 1 / ability.mean_variance;
  return forecast;
}

double OutcomeModel::shared(std::size_t a, std::size_t b, std::span<const char> open_a,
                            std::span<const char> open_b, std::span<const float> chances_a,
                            std::span<const float> chances_b) const {
  double sum = 0;
  for (std::size_t q = 0; q < queries_.size(); ++q) {
    if (open_a[q] == 0 || open_b[q] == 0) continue;
    const double p = chances_a[q];
    const double r = chances_b[q];
    sum += p * (1 - p) * r * (1 - r) * queries_[q].variance;
  }
  return sum * abilities_[a].slope * abilities_[b].slope;
}

}  // namespace assay::select
