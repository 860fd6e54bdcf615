#include "assay/select/outcome_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/stats/cholesky.h"

namespace assay::select {
namespace {

constexpr double kSlopeVariance = 0.09;
constexpr double kEasinessVariance = 1;
constexpr double kWeightVariance = 1;
constexpr double kAbilityVariance = 2;      // before there is anything to estimate it from
constexpr double kAbilityVarianceSize = 5;  // models that this guess counts for
constexpr double kLikenessVariance = 0.25;
constexpr double kLeastLikenessVariance = 0.01;
constexpr double kFewLikeness = 2;  // models that a mean likeness of 0 counts for
constexpr double kClear = 2;        // standard errors that an assistant's weight is away from 0 before it counts
constexpr double kCertain = 0.02;   // residuals are divided by the spread of a chance no nearer to 0 or 1

// Newton steps are cut to this: far from the mode the curvature says little.
constexpr double kLongestStep = 1;
constexpr double kLongestSlopeStep = 0.3;
constexpr double kLongestWeightStep = 0.5;
constexpr double kLongestLikenessStep = 0.3;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double cut(double step, double longest) { return std::clamp(step, -longest, longest); }

// Divides the mean of a normal x to give the mean of logistic(x): the normal integral of a probit, pi / 8 matching
// the two (MacKay 1992).
double flattening(double variance) { return std::sqrt(1 + 0.392699081698724 * std::max(0.0, variance)); }

// What an assistant mostly says of each model: stands for what it does not say. Nearer to what it says of all where
// that is little.
std::vector<double> usual_rewards(const RewardTable& assistant, std::span<const QueryId> pool) {
  std::vector<double> sums(assistant.models(), 0);
  std::vector<double> counts(assistant.models(), 0);
  double sum = 0.5;
  double count = 1;
  for (const QueryId query : pool) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const double said = assistant.at(query, model_id(j));
      if (std::isnan(said)) continue;
      sums[j] += said;
      counts[j] += 1;
      sum += said;
      count += 1;
    }
  }
  for (std::size_t j = 0; j < sums.size(); ++j) sums[j] = (sums[j] + sum / count) / (counts[j] + 1);
  return sums;
}

}  // namespace

OutcomeModel::OutcomeModel(std::size_t models, std::span<const QueryId> pool, const text::FeatureTable* features,
                           const RewardTable* assistant)
    : abilities_(models),
      queries_(pool.size()),
      weights_((features == nullptr ? 0 : features->features()) + (assistant == nullptr ? 0 : 1), 0.0),
      assisted_(assistant != nullptr),
      ability_variance_(kAbilityVariance),
      likeness_variance_(kLikenessVariance) {
  for (Ability& ability : abilities_) {
    ability.mean_variance = kAbilityVariance;
    ability.slope_variance = kSlopeVariance;
  }
  for (Query& query : queries_) query.variance = kEasinessVariance;
  if (weights_.empty()) return;
  const std::vector<double> usual = assistant == nullptr ? std::vector<double>() : usual_rewards(*assistant, pool);
  features_.reserve(models * pool.size() * weights_.size());
  for (std::size_t j = 0; j < models; ++j) {
    for (const QueryId query : pool) {
      if (features != nullptr) {
        const std::span<const float> of_response = features->at(query, model_id(j));
        features_.insert(features_.end(), of_response.begin(), of_response.end());
      }
      if (assistant == nullptr) continue;
      const double said = assistant->at(query, model_id(j));
      features_.push_back(static_cast<float>(2 * (std::isnan(said) ? usual[j] : said) - 1));
    }
  }
}

double OutcomeModel::flattening_of(const Ability& ability, const Query& query) {
  return flattening(ability.slope * ability.slope * query.variance + ability.mean_variance +
                    query.easiness * (2 * ability.covariance + query.easiness * ability.slope_variance));
}

void OutcomeModel::add(std::size_t position, std::size_t model, double reward) {
  abilities_[model].rewards.push_back({position, reward});
  queries_[position].rewards.push_back({model, reward});
}

void OutcomeModel::fit() {
  fit_queries();
  for (std::size_t j = 0; j < abilities_.size(); ++j) fit(j);
  if (!residuals_.empty()) fit_kinship();
  fit_population();
  fit_weights();
  calibration_.choose();
}

void OutcomeModel::fit_queries() {
  for (std::size_t q = 0; q < queries_.size(); ++q) {
    Query& query = queries_[q];
    if (query.rewards.empty()) continue;
    double gradient = -query.easiness / kEasinessVariance;
    double curvature = 1 / kEasinessVariance;
    for (const Judged& judged : query.rewards) {
      const Ability& ability = abilities_[judged.other];
      const double p = logistic(logit(q, ability, judged.other));
      gradient += ability.slope * (judged.reward - p);
      curvature += ability.slope * ability.slope * p * (1 - p);
    }
    query.easiness += cut(gradient / curvature, kLongestStep);
    query.variance = 1 / curvature;
  }
}

void OutcomeModel::fit(std::size_t j) {
  Ability& ability = abilities_[j];
  double mean_gradient = (ability_mean_ - ability.mean) / ability_variance_;
  double slope_gradient = (1 - ability.slope) / kSlopeVariance;
  double mean_curvature = 1 / ability_variance_;
  double slope_curvature = 1 / kSlopeVariance;
  double mixed_curvature = 0;
  for (const Judged& judged : ability.rewards) {
    const double easiness = queries_[judged.other].easiness;
    const double p = logistic(logit(judged.other, ability, j));
    const double noise = p * (1 - p);
    mean_gradient += judged.reward - p;
    slope_gradient += (judged.reward - p) * easiness;
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
  if (!residuals_.empty() && j != reference_) fit_likeness(j);
}

void OutcomeModel::fit_likeness(std::size_t model) {
  Ability& ability = abilities_[model];
  double gradient = (likeness_mean_ - ability.likeness) / likeness_variance_;
  double curvature = 1 / likeness_variance_;
  for (const Judged& judged : ability.rewards) {
    const double residual = residuals_[judged.other];
    const double p = logistic(logit(judged.other, ability, model));
    gradient += (judged.reward - p) * residual;
    curvature += p * (1 - p) * residual * residual;
  }
  ability.likeness += cut(gradient / curvature, kLongestLikenessStep);
  ability.likeness_variance = 1 / curvature;
}

// How like the reference models are in general. Those that little is known of count little.
void OutcomeModel::fit_kinship() {
  double sum = 0;
  double known = 0;
  for (std::size_t j = 0; j < abilities_.size(); ++j) {
    if (j == reference_) continue;
    const double weight = 1 - std::min(1.0, abilities_[j].likeness_variance / likeness_variance_);
    sum += weight * abilities_[j].likeness;
    known += weight;
  }
  likeness_mean_ = sum / (known + kFewLikeness);
  double squares = kAbilityVarianceSize * kLikenessVariance;
  for (std::size_t j = 0; j < abilities_.size(); ++j) {
    const double distance = abilities_[j].likeness - likeness_mean_;
    if (j != reference_) squares += distance * distance + abilities_[j].likeness_variance;
  }
  const double models = static_cast<double>(abilities_.size() - 1) + kAbilityVarianceSize;
  likeness_variance_ = std::max(kLeastLikenessVariance, squares / models);
}

void OutcomeModel::refer_to(std::size_t model) {
  std::vector<float> residuals(queries_.size(), 0);
  for (const Judged& judged : abilities_[model].rewards) {
    const double p = std::clamp(logistic(logit(judged.other, abilities_[model], model)), kCertain, 1 - kCertain);
    residuals[judged.other] = static_cast<float>((judged.reward - p) / std::sqrt(p * (1 - p)));
  }
  residuals_ = std::move(residuals);
  reference_ = model;
  for (Ability& ability : abilities_) ability.likeness = likeness_mean_;
  abilities_[model].likeness = 0;
}

void OutcomeModel::fit_population() {
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (const Ability& ability : abilities_) {
    if (ability.rewards.empty()) continue;
    sum += ability.mean;
    count += 1;
  }
  if (count == 0) return;
  ability_mean_ = sum / (count + 1);
  for (const Ability& ability : abilities_) {
    if (ability.rewards.empty()) continue;
    const double distance = ability.mean - ability_mean_;
    squares += distance * distance + ability.mean_variance;
  }
  ability_variance_ = (squares + kAbilityVarianceSize * kAbilityVariance) / (count + kAbilityVarianceSize);
}

void OutcomeModel::fit_weights() {
  const std::size_t k = weights_.size();
  if (k == 0) return;
  if (assisted_) weights_.back() = assistant_weight_;
  std::vector<double> gradient(k);
  std::vector<double> curvature(k * k, 0.0);
  for (std::size_t a = 0; a < k; ++a) {
    gradient[a] = -weights_[a] / kWeightVariance;
    curvature[a * k + a] = 1 / kWeightVariance;
  }
  for (std::size_t j = 0; j < abilities_.size(); ++j) {
    for (const Judged& judged : abilities_[j].rewards) {
      const double p = logistic(logit(judged.other, abilities_[j], j));
      const float* features = features_.data() + (j * queries_.size() + judged.other) * k;
      for (std::size_t a = 0; a < k; ++a) {
        gradient[a] += (judged.reward - p) * features[a];
        for (std::size_t b = 0; b <= a; ++b) curvature[a * k + b] += p * (1 - p) * features[a] * features[b];
      }
    }
  }
  stats::solve_cholesky(curvature, gradient);
  for (std::size_t a = 0; a < k; ++a) weights_[a] += cut(gradient[a], kLongestWeightStep);
  if (!assisted_) return;
  assistant_weight_ = weights_.back();
  const double error = 1 / curvature.back();  // of the last weight: the Cholesky factor stands there now
  if (std::abs(assistant_weight_) < kClear * error) weights_.back() = 0;
}

Forecast OutcomeModel::forecast(std::size_t model, std::span<const char> open, std::span<const double> weights,
                                Chances& chances) const {
  const Ability& ability = abilities_[model];
  Forecast forecast;
  double noise = 0;
  double by_mean = 0;  // derivatives of the sum
  double by_slope = 0;
  const double usual = flattening_of(ability, {.easiness = 0, .variance = kEasinessVariance, .rewards = {}});
  const bool all_alike = weights_.empty() && residuals_.empty();  // queries that nothing is known of
  const double alike = ability.mean / usual;
  const double expected_alike = calibration_(alike);
  chances.log_odds.resize(open.size());
  chances.expected.resize(open.size());
  for (std::size_t q = 0; q < open.size(); ++q) {
    if (open[q] == 0) continue;
    const Query& query = queries_[q];
    const bool untouched = query.rewards.empty();
    double log_odds = alike;
    double p = expected_alike;
    if (!untouched || !all_alike) {
      log_odds = logit(q, ability, model) / (untouched ? usual : flattening_of(ability, query));
      p = calibration_(log_odds);
    }
    chances.log_odds[q] = static_cast<float>(log_odds);
    chances.expected[q] = static_cast<float>(p);
    forecast.sum += weights[q] * p;
    noise += weights[q] * weights[q] * p * (1 - p);
    by_mean += weights[q] * p * (1 - p);
    by_slope += weights[q] * p * (1 - p) * query.easiness;
  }
  const double parameter = by_mean * by_mean * ability.mean_variance + 2 * by_mean * by_slope * ability.covariance +
                           by_slope * by_slope * ability.slope_variance;
  forecast.variance = noise + std::max(0.0, parameter);
  return forecast;
}

}  // namespace assay::select
