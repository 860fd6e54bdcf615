#include "tests/reference/outcome_model.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// Of the model as its header states it.
constexpr double kLapse = 0.02;
constexpr double kSlopeVariance = 0.09;
constexpr double kAbilityVariance = 2;
constexpr double kAbilityVarianceSize = 5;
constexpr double kLeastSlope = 0.2;
constexpr double kMostSlope = 3.0;

constexpr int kSweeps = 60;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

double log_density(double value, double mean, double variance) {
  return -(value - mean) * (value - mean) / (2 * variance);
}

double penalised_likelihood(const ReferenceFit& fit, std::span<const ReferenceOutcome> outcomes) {
  double sum = 0;
  for (const ReferenceOutcome& outcome : outcomes) {
    const double p = logistic(fit.logit(outcome.position, outcome.model));
    sum += outcome.worth * std::log(p) + (1 - outcome.worth) * std::log(1 - p);
  }
  for (const ReferenceFit::Ability& ability : fit.abilities) {
    sum += log_density(ability.mean, fit.population_mean, fit.population_variance);
    sum += log_density(ability.slope, 1, kSlopeVariance);
  }
  for (const double easiness : fit.easiness) sum += log_density(easiness, 0, 1);
  for (const double weight : fit.weights) sum += log_density(weight, 0, 1);
  return sum;
}

class Climber {
 public:
  Climber(ReferenceFit& fit, std::span<const ReferenceOutcome> outcomes) : fit_(fit), outcomes_(outcomes) {}

  // Golden section for one parameter, all others fixed.
  void climb(double& parameter, double low, double high) {
    const double ratio = (std::sqrt(5.0) - 1) / 2;
    while (high - low > 1e-7) {
      const double left = high - ratio * (high - low);
      const double right = low + ratio * (high - low);
      if (at(parameter, left) < at(parameter, right)) {
        low = left;
      } else {
        high = right;
      }
    }
    parameter = (low + high) / 2;
  }

  // - d^2 / da db
  double curvature(double& a, double& b) {
    const double h = 1e-3;
    const double start_a = a;
    const double start_b = b;
    const auto shifted = [&](double by_a, double by_b) {
      a += by_a;
      b += by_b;
      const double value = penalised_likelihood(fit_, outcomes_);
      a = start_a;
      b = start_b;
      return value;
    };
    if (&a == &b) return -(shifted(h, 0) - 2 * shifted(0, 0) + shifted(-h, 0)) / (h * h);
    return -(shifted(h, h) - shifted(h, -h) - shifted(-h, h) + shifted(-h, -h)) / (4 * h * h);
  }

 private:
  double at(double& parameter, double value) {
    const double before = parameter;
    parameter = value;
    const double result = penalised_likelihood(fit_, outcomes_);
    parameter = before;
    return result;
  }

  ReferenceFit& fit_;
  std::span<const ReferenceOutcome> outcomes_;
};

void set_variances(ReferenceFit& fit, Climber& climber) {
  for (ReferenceFit::Ability& ability : fit.abilities) {
    const double mean = climber.curvature(ability.mean, ability.mean);
    const double slope = climber.curvature(ability.slope, ability.slope);
    const double mixed = climber.curvature(ability.mean, ability.slope);
    const double determinant = mean * slope - mixed * mixed;
    ability.mean_variance = slope / determinant;
    ability.slope_variance = mean / determinant;
    ability.covariance = -mixed / determinant;
  }
  for (std::size_t q = 0; q < fit.easiness.size(); ++q) {
    fit.easiness_variance[q] = 1 / climber.curvature(fit.easiness[q], fit.easiness[q]);
  }
}

// Mean and variance of the abilities of the models that were judged; the mean is shrunk by one model at 0, the
// variance by five of the first guess.
void set_population(ReferenceFit& fit, std::span<const ReferenceOutcome> outcomes) {
  std::vector<ReferenceFit::Ability> judged;
  for (std::size_t j = 0; j < fit.abilities.size(); ++j) {
    if (std::any_of(outcomes.begin(), outcomes.end(), [&](const auto& outcome) { return outcome.model == j; })) {
      judged.push_back(fit.abilities[j]);
    }
  }
  if (judged.empty()) return;
  double sum = 0;
  for (const ReferenceFit::Ability& ability : judged) sum += ability.mean;
  fit.population_mean = sum / static_cast<double>(judged.size() + 1);
  double squares = 0;
  for (const ReferenceFit::Ability& ability : judged) {
    squares += std::pow(ability.mean - fit.population_mean, 2) + ability.mean_variance;
  }
  fit.population_variance = (squares + kAbilityVarianceSize * kAbilityVariance) /
                            (static_cast<double>(judged.size()) + kAbilityVarianceSize);
}

}  // namespace

double ReferenceFit::logit(std::size_t position, std::size_t model) const {
  double sum = abilities[model].mean + abilities[model].slope * easiness[position];
  for (std::size_t k = 0; k < weights.size(); ++k) {
    sum += weights[k] * features->at(pool[position], model_id(model))[k];
  }
  return sum;
}

double ReferenceFit::logit_variance(std::size_t position, std::size_t model) const {
  const Ability& ability = abilities[model];
  const double e = easiness[position];
  return ability.mean_variance + 2 * e * ability.covariance + e * e * ability.slope_variance +
         ability.slope * ability.slope * easiness_variance[position];
}

double ReferenceFit::chance(std::size_t position, std::size_t model) const {
  const double mean = logit(position, model);
  const double deviation = std::sqrt(logit_variance(position, model));
  double sum = 0;
  double weight = 0;
  for (double z = -8; z <= 8; z += 0.01) {
    const double density = std::exp(-z * z / 2);
    sum += density * logistic(mean + deviation * z);
    weight += density;
  }
  return kLapse + (1 - 2 * kLapse) * sum / weight;
}

ReferenceFit reference_outcome_fit(std::size_t models, std::span<const QueryId> pool,
                                   std::span<const ReferenceOutcome> outcomes, const text::FeatureTable* features) {
  ReferenceFit fit;
  fit.abilities.assign(models, {});
  fit.easiness.assign(pool.size(), 0.0);
  fit.easiness_variance.assign(pool.size(), 1.0);
  fit.weights.assign(features == nullptr ? 0 : features->features(), 0.0);
  fit.population_variance = kAbilityVariance;
  fit.pool.assign(pool.begin(), pool.end());
  fit.features = features;
  Climber climber(fit, outcomes);
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const double reach = sweep < 8 ? 3 : 0.05;
    const auto climb = [&](double& parameter) { climber.climb(parameter, parameter - reach, parameter + reach); };
    for (double& easiness : fit.easiness) climb(easiness);
    for (ReferenceFit::Ability& ability : fit.abilities) {
      climb(ability.mean);
      climber.climb(ability.slope, kLeastSlope, kMostSlope);
    }
    for (double& weight : fit.weights) climb(weight);
    set_variances(fit, climber);
    set_population(fit, outcomes);
  }
  return fit;
}

}  // namespace assay
