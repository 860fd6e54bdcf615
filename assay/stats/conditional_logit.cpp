#include "assay/stats/conditional_logit.h"

#include <algorithm>
#include <cmath>

#include "assay/stats/cholesky.h"

namespace assay::stats {
namespace {

constexpr int kSteps = 50;
constexpr int kHalvings = 20;
constexpr double kSmallGain = 1e-9;      // nats
constexpr double kTinyPrecision = 1e-9;  // keeps the matrix invertible where the rows tell nothing of a weight

double penalty(const LogitPrior& prior, std::span<const double> weights) {
  double sum = 0;
  for (std::size_t f = 0; f < weights.size(); ++f) {
    const double distance = weights[f] - prior.mean[f];
    sum += prior.precision[f] * distance * distance;
  }
  return sum / 2;
}

// Scores of a row's alternatives become their probabilities; returns the log of the sum of all weights, `others`
// included.
double to_probabilities(std::span<double> scores, double others) {
  double largest = others > 0 ? 0 : -1e300;
  for (const double score : scores) largest = std::max(largest, score);
  double sum = others > 0 ? others * std::exp(-largest) : 0;
  for (double& score : scores) sum += score = std::exp(score - largest);
  for (double& score : scores) score /= sum;
  return largest + std::log(sum);
}

// Gradient and Hessian of the log likelihood, with room that is used anew for each row.
class Derivatives {
 public:
  explicit Derivatives(std::size_t features) : mean_(features) {}

  // Returns the log likelihood; adds to the gradient and to the lower triangle of the negative Hessian.
  double at(const Choices& choices, std::span<const double> weights, std::span<double> gradient,
            std::span<double> hessian) {
    double sum = 0;
    for (std::size_t row = 0; row < choices.rows(); ++row) {
      if (choices.weight(row) > 0) sum += choices.weight(row) * add_row(choices, row, weights, gradient, hessian);
    }
    return sum;
  }

 private:
  double add_row(const Choices& choices, std::size_t row, std::span<const double> weights,
                 std::span<double> gradient, std::span<double> hessian) {
    const std::size_t p = weights.size();
    const std::size_t count = choices.alternatives(row);
    const std::span<const double> x = choices.values(row);
    const double times = choices.weight(row);
    shares_.resize(count);
    for (std::size_t a = 0; a < count; ++a) {
      double score = 0;
      for (std::size_t f = 0; f < p; ++f) score += weights[f] * x[a * p + f];
      shares_[a] = score;
    }
    const std::size_t chosen = choices.chosen(row);
    const double chosen_score = chosen == Choices::kNone ? 0 : shares_[chosen];
    const double total = to_probabilities(shares_, choices.others(row));
    std::fill(mean_.begin(), mean_.end(), 0.0);
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t f = 0; f < p; ++f) {
        const double part = shares_[a] * x[a * p + f];
        if (part == 0) continue;
        mean_[f] += part;
        for (std::size_t g = 0; g <= f; ++g) hessian[f * p + g] += times * part * x[a * p + g];
      }
    }
    for (std::size_t f = 0; f < p; ++f) {
      const double right = chosen == Choices::kNone ? 0 : x[chosen * p + f];
      gradient[f] += times * (right - mean_[f]);
      for (std::size_t g = 0; g <= f; ++g) hessian[f * p + g] -= times * mean_[f] * mean_[g];
    }
    return chosen_score - total;
  }

  std::vector<double> shares_;
  std::vector<double> mean_;
};

}  // namespace

void Choices::add(std::span<const double> alternatives, double others, std::size_t chosen, double weight) {
  values_.insert(values_.end(), alternatives.begin(), alternatives.end());
  first_.push_back(first_.back() + alternatives.size() / features_);
  others_.push_back(others);
  chosen_.push_back(chosen);
  weights_.push_back(weight);
}

void Choices::reserve(std::size_t rows, std::size_t alternatives) {
  values_.reserve(alternatives * features_);
  first_.reserve(rows + 1);
  others_.reserve(rows);
  chosen_.reserve(rows);
  weights_.reserve(rows);
}

Choices Choices::projected(std::span<const double> directions) const {
  const std::size_t p = features_;
  Choices result(directions.size() / p);
  const std::size_t q = result.features_;
  result.first_ = first_;
  result.others_ = others_;
  result.chosen_ = chosen_;
  result.weights_ = weights_;
  result.values_.assign(first_.back() * q, 0.0);
  for (std::size_t a = 0; a < first_.back(); ++a) {
    for (std::size_t to = 0; to < q; ++to) {
      double sum = 0;
      for (std::size_t f = 0; f < p; ++f) sum += directions[to * p + f] * values_[a * p + f];
      result.values_[a * q + to] = sum;
    }
  }
  return result;
}

std::vector<double> row_log_likelihoods(const Choices& choices, std::span<const double> weights) {
  const std::size_t p = weights.size();
  std::vector<double> scores;
  std::vector<double> result(choices.rows());
  for (std::size_t row = 0; row < choices.rows(); ++row) {
    const std::span<const double> x = choices.values(row);
    scores.assign(choices.alternatives(row), 0.0);
    for (std::size_t a = 0; a < scores.size(); ++a) {
      for (std::size_t f = 0; f < p; ++f) scores[a] += weights[f] * x[a * p + f];
    }
    const std::size_t chosen = choices.chosen(row);
    const double chosen_score = chosen == Choices::kNone ? 0 : scores[chosen];
    result[row] = chosen_score - to_probabilities(scores, choices.others(row));
  }
  return result;
}

double log_likelihood(const Choices& choices, std::span<const double> weights) {
  const std::vector<double> rows = row_log_likelihoods(choices, weights);
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (choices.weight(row) > 0) sum += choices.weight(row) * rows[row];
  }
  return sum;
}

std::vector<double> information_matrix(const Choices& choices, std::span<const double> weights) {
  const std::size_t p = choices.features();
  std::vector<double> gradient(p), matrix(p * p);
  Derivatives(p).at(choices, weights, gradient, matrix);
  return matrix;
}

std::vector<double> fit_logit(const Choices& choices, const LogitPrior& prior, std::vector<double> start) {
  const std::size_t p = choices.features();
  std::vector<double> weights = std::move(start);
  std::vector<double> gradient(p), hessian(p * p), step(p), next(p);
  Derivatives derivatives(p);
  for (int i = 0; i < kSteps; ++i) {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    std::fill(hessian.begin(), hessian.end(), 0.0);
    const double here = derivatives.at(choices, weights, gradient, hessian) - penalty(prior, weights);
    for (std::size_t f = 0; f < p; ++f) {
      gradient[f] -= prior.precision[f] * (weights[f] - prior.mean[f]);
      hessian[f * p + f] += prior.precision[f] + kTinyPrecision;
    }
    step = gradient;
    solve_cholesky(hessian, step);
    double expected = 0;  // what the step promises, in nats
    for (std::size_t f = 0; f < p; ++f) expected += gradient[f] * step[f] / 2;
    if (!(expected > kSmallGain)) break;
    double length = 1;
    for (int halved = 0; halved < kHalvings; ++halved, length /= 2) {
      for (std::size_t f = 0; f < p; ++f) next[f] = weights[f] + length * step[f];
      // Near the maximum Newton's step is right, and looking costs as much as another step.
      if (expected < 1e-3) break;
      if (log_likelihood(choices, next) - penalty(prior, next) > here) break;
    }
    weights = next;
  }
  return weights;
}

}  // namespace assay::stats
