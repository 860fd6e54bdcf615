#include "assay/stats/conditional_logit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

// Rows with two to four alternatives, chosen as the weights say.
Choices sample_choices(const std::vector<double>& weights, std::size_t rows, std::uint64_t seed) {
  Rng rng(seed);
  Choices choices(weights.size());
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t count = 1 + rng.below(3);
    const double others = static_cast<double>(1 + rng.below(3));
    std::vector<double> x(count * weights.size()), share(count);
    double sum = others;
    for (std::size_t a = 0; a < count; ++a) {
      double score = 0;
      for (std::size_t f = 0; f < weights.size(); ++f) {
        x[a * weights.size() + f] = rng.uniform() < 0.5 ? 1 : rng.normal();
        score += weights[f] * x[a * weights.size() + f];
      }
      sum += share[a] = std::exp(score);
    }
    double left = rng.uniform() * sum;
    std::size_t chosen = Choices::kNone;
    for (std::size_t a = 0; a < count && chosen == Choices::kNone; ++a) {
      left -= share[a];
      if (left < 0) chosen = a;
    }
    choices.add(x, others, chosen);
  }
  return choices;
}

TEST(ConditionalLogit, LikelihoodOfOneRow) {
  Choices choices(2);
  choices.add(std::vector<double>{1, 0, 0, 1}, 3, 1);
  const std::vector<double> weights = {0.5, 2};
  const double sum = std::exp(0.5) + std::exp(2) + 3;
  EXPECT_NEAR(log_likelihood(choices, weights), 2 - std::log(sum), 1e-12);
  choices.weigh(std::vector<double>{0.25});
  EXPECT_NEAR(log_likelihood(choices, weights), (2 - std::log(sum)) / 4, 1e-12);
}

TEST(ConditionalLogit, OneOfTheOthers) {
  Choices choices(1);
  choices.add(std::vector<double>{1}, 4, Choices::kNone);
  EXPECT_NEAR(log_likelihood(choices, std::vector<double>{1}), -std::log(std::exp(1) + 4), 1e-12);
}

TEST(ConditionalLogit, LargeScoresDoNotOverflow) {
  Choices choices(1);
  choices.add(std::vector<double>{1000, -1000}, 0, 0);
  EXPECT_NEAR(log_likelihood(choices, std::vector<double>{5}), 0, 1e-12);
  EXPECT_NEAR(log_likelihood(choices, std::vector<double>{-5}), -10000, 1e-6);
}

TEST(ConditionalLogit, FindsTheWeights) {
  const std::vector<double> weights = {1.5, -0.7, 0.2};
  const Choices choices = sample_choices(weights, 20'000, 1);
  const LogitPrior none{std::vector<double>(3, 0.0), std::vector<double>(3, 0.0)};
  const std::vector<double> fitted = fit_logit(choices, none, std::vector<double>(3, 0.0));
  for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(fitted[f], weights[f], 0.06) << f;
}

TEST(ConditionalLogit, NoStepFromTheMaximumIsUp) {
  const Choices choices = sample_choices({2, -1}, 300, 2);
  const LogitPrior prior{{0.5, 0.5}, {3, 1}};
  const auto value = [&](const std::vector<double>& w) {
    double penalty = 0;
    for (std::size_t f = 0; f < 2; ++f) {
      penalty += prior.precision[f] * (w[f] - prior.mean[f]) * (w[f] - prior.mean[f]) / 2;
    }
    return log_likelihood(choices, w) - penalty;
  };
  const std::vector<double> best = fit_logit(choices, prior, {10, 10});
  for (const double step : {-1e-3, 1e-3}) {
    EXPECT_GT(value(best), value({best[0] + step, best[1]}));
    EXPECT_GT(value(best), value({best[0], best[1] + step}));
  }
}

TEST(ConditionalLogit, WithoutRowsTheWeightsAreThePriors) {
  const std::vector<double> fitted = fit_logit(Choices(2), {{1, -2}, {1, 1}}, {0, 0});
  EXPECT_NEAR(fitted[0], 1, 1e-8);
  EXPECT_NEAR(fitted[1], -2, 1e-8);
}

TEST(ConditionalLogit, InformationIsMinusTheSecondDerivative) {
  const Choices choices = sample_choices({1, 0.5}, 200, 3);
  const std::vector<double> w = {0.8, 0.3};
  const std::vector<double> matrix = information_matrix(choices, w);
  constexpr double h = 1e-4;
  const auto at = [&](double a, double b) {
    return log_likelihood(choices, std::vector<double>{w[0] + a, w[1] + b});
  };
  EXPECT_NEAR(matrix[0], -(at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / (h * h), 1e-3);
  EXPECT_NEAR(matrix[3], -(at(0, h) - 2 * at(0, 0) + at(0, -h)) / (h * h), 1e-3);
  EXPECT_NEAR(matrix[2], -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h), 1e-3);
}

TEST(ConditionalLogit, ProjectionSumsFeatures) {
  const Choices choices = sample_choices({1, 2}, 100, 4);
  const Choices one = choices.projected(std::vector<double>{0.5, 1});
  EXPECT_EQ(one.features(), 1U);
  EXPECT_NEAR(log_likelihood(one, std::vector<double>{3}), log_likelihood(choices, std::vector<double>{1.5, 3}),
              1e-9);
}

}  // namespace
}  // namespace assay::stats
