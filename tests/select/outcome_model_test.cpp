#include "assay/select/outcome_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "assay/core/rng.h"
#include "tests/reference/outcome_model.h"

namespace assay::select {
namespace {

constexpr double kLapse = 0.02;
constexpr std::size_t kFits = 200;  // until nothing moves

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// Outcomes of some models on some queries; the pool is in an order of its own within a larger study.
struct Sample {
  std::size_t models = 4;
  std::vector<QueryId> pool;
  std::vector<ReferenceOutcome> outcomes;
  text::FeatureTable features;
  bool uses_features = false;

  const text::FeatureTable* table() const { return uses_features ? &features : nullptr; }

  OutcomeModel fitted(std::size_t fits = kFits) const {
    OutcomeModel model(models, pool, table());
    for (const ReferenceOutcome& outcome : outcomes) model.add(outcome.position, outcome.model, outcome.worth);
    for (std::size_t i = 0; i < fits; ++i) model.fit();
    return model;
  }

  ReferenceFit reference() const { return reference_outcome_fit(models, pool, outcomes, table()); }

  // Of one cell alone.
  double chance(const OutcomeModel& model, std::size_t position, std::size_t of_model) const {
    std::vector<char> open(pool.size(), 0);
    open[position] = 1;
    OutcomeModel::Chances chances;
    return model.forecast(of_model, open, std::vector<double>(pool.size(), 1.0), chances).sum;
  }

  bool judged(std::size_t position, std::size_t model) const {
    return std::any_of(outcomes.begin(), outcomes.end(), [&](const ReferenceOutcome& outcome) {
      return outcome.position == position && outcome.model == model;
    });
  }
};

Sample sample(std::uint64_t seed, std::size_t features, double share = 0.6) {
  Sample result;
  Rng rng(seed, 3);
  for (std::size_t q = 0; q < 8; ++q) result.pool.push_back(query_id((5 * q + 2) % 11));
  result.uses_features = features > 0;
  result.features = text::FeatureTable(11, result.models, features);
  for (std::size_t q = 0; q < 11; ++q) {
    for (std::size_t j = 0; j < result.models; ++j) {
      for (float& value : result.features.at(query_id(q), model_id(j))) value = static_cast<float>(rng.normal());
    }
  }
  for (std::size_t q = 0; q < result.pool.size(); ++q) {
    for (std::size_t j = 0; j < result.models; ++j) {
      if (rng.uniform() > share) continue;
      const double u = rng.uniform();
      const double p = logistic(0.7 * static_cast<double>(j) - 1 + (q % 2 == 0 ? 1 : -1));
      result.outcomes.push_back({q, j, u < 0.1 ? 0.5 : u < 0.1 + 0.9 * p ? 1.0 : 0.0});
    }
  }
  return result;
}

// logistic(mean / sqrt(1 + pi / 8 variance)), as the header cites it.
double approximate_chance(const ReferenceFit& fit, std::size_t position, std::size_t model) {
  const double shrunk =
      fit.logit(position, model) / std::sqrt(1 + std::acos(-1.0) / 8 * fit.logit_variance(position, model));
  return kLapse + (1 - 2 * kLapse) * logistic(shrunk);
}

void expect_fit(const Sample& sample, const std::string& what) {
  const OutcomeModel model = sample.fitted();
  const ReferenceFit reference = sample.reference();
  for (std::size_t q = 0; q < sample.pool.size(); ++q) {
    for (std::size_t j = 0; j < sample.models; ++j) {
      const std::string which = what + ", query " + std::to_string(q) + ", model " + std::to_string(j);
      EXPECT_NEAR(sample.chance(model, q, j), approximate_chance(reference, q, j), 1e-5) << which;
      EXPECT_NEAR(sample.chance(model, q, j), reference.chance(q, j), 0.02) << which << ": far from the integral";
    }
  }
}

TEST(OutcomeModel, ComesToTheModeOfThePenalisedLikelihood) {
  expect_fit(sample(1, 0), "no features");
  expect_fit(sample(2, 2), "two features");
  expect_fit(sample(3, 1, 0.25), "a few outcomes");
}

// An assistant is one more feature: 2 a - 1, its mean of the model where it says nothing.
TEST(OutcomeModel, WhatAnAssistantSaysIsAFeature) {
  Sample told = sample(7, 1, 0.9);
  RewardTable assistant(11, told.models);
  Rng rng(7, 9);
  for (std::size_t q = 0; q < 11; ++q) {
    for (std::size_t j = 0; j < told.models; ++j) {
      assistant.set(query_id(q), model_id(j), static_cast<double>(rng.below(3)) / 2);
    }
  }
  for (const ReferenceOutcome& outcome : told.outcomes) {
    assistant.set(told.pool[outcome.position], model_id(outcome.model),
                  outcome.worth);  // it is right: that is clear
  }
  OutcomeModel model(told.models, told.pool, told.table(), &assistant);
  for (const ReferenceOutcome& outcome : told.outcomes) model.add(outcome.position, outcome.model, outcome.worth);
  for (std::size_t i = 0; i < kFits; ++i) model.fit();
  text::FeatureTable both(11, told.models, 2);
  for (std::size_t q = 0; q < 11; ++q) {
    for (std::size_t j = 0; j < told.models; ++j) {
      const auto cell = both.at(query_id(q), model_id(j));
      cell[0] = told.features.at(query_id(q), model_id(j))[0];
      cell[1] = static_cast<float>(2 * assistant.at(query_id(q), model_id(j)) - 1);
    }
  }
  told.features = both;
  const OutcomeModel expected = told.fitted();
  EXPECT_GT(model.assistant_weight(), 0.5);
  for (std::size_t q = 0; q < told.pool.size(); ++q) {
    for (std::size_t j = 0; j < told.models; ++j) {
      EXPECT_NEAR(told.chance(model, q, j), told.chance(expected, q, j), 1e-6) << "query " << q << ", model " << j;
    }
  }
}

TEST(OutcomeModel, AnAssistantWhoseVerdictsMeanNothingDoesNotCount) {
  std::size_t counted = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Sample some = sample(seed, 0, 0.9);
    RewardTable assistant(11, some.models);
    Rng rng(seed, 9);
    for (std::size_t q = 0; q < 11; ++q) {
      for (std::size_t j = 0; j < some.models; ++j) {
        assistant.set(query_id(q), model_id(j), rng.uniform() < 0.5 ? 0.0 : 1.0);
      }
    }
    OutcomeModel model(some.models, some.pool, nullptr, &assistant);
    for (const ReferenceOutcome& outcome : some.outcomes) model.add(outcome.position, outcome.model, outcome.worth);
    for (std::size_t i = 0; i < kFits; ++i) model.fit();
    if (model.assistant_weight() != 0) {
      ++counted;
      continue;
    }
    const OutcomeModel alone = some.fitted();
    EXPECT_EQ(some.chance(model, 3, 1), some.chance(alone, 3, 1)) << "seed " << seed;
  }
  EXPECT_LE(counted, 3U) << "two standard errors are exceeded in one of twenty";
}

TEST(OutcomeModel, WhatAnAssistantDoesNotSayIsAsItsMeanOfTheModel) {
  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < 200; ++q) pool.push_back(query_id(q));
  RewardTable assistant(200, 1);
  for (std::size_t q = 0; q < 190; ++q) assistant.set(query_id(q), model_id(0), q % 10 < 8 ? 1.0 : 0.0);
  OutcomeModel model(1, pool, nullptr, &assistant);
  for (std::size_t q = 0; q < 150; ++q) model.add(q, 0, assistant.at(query_id(q), model_id(0)));
  for (std::size_t i = 0; i < kFits; ++i) model.fit();
  std::vector<char> open(200, 0);
  for (std::size_t q = 150; q < 200; ++q) open[q] = 1;
  OutcomeModel::Chances chances;
  model.forecast(0, open, std::vector<double>(200, 1.0), chances);
  EXPECT_GT(chances.expected[150], 0.9F) << "it says right";
  EXPECT_LT(chances.expected[159], 0.2F) << "it says wrong";
  EXPECT_GT(chances.expected[195], chances.expected[159]);
  EXPECT_LT(chances.expected[195], chances.expected[150]);
}

TEST(OutcomeModel, AnswersOfOneKindHaveAModeToo) {
  for (const double worth : {0.5, 1.0}) {
    Sample all = sample(4, 1, 0.7);
    for (ReferenceOutcome& outcome : all.outcomes) outcome.worth = worth;
    expect_fit(all, "every outcome " + std::to_string(worth));
  }
}

TEST(OutcomeModel, AModelWithoutOutcomesIsExpectedToBeLikeTheOthers) {
  Sample some = sample(5, 0, 1);
  std::erase_if(some.outcomes, [](const ReferenceOutcome& outcome) { return outcome.model == 2; });
  expect_fit(some, "model 2 was never judged");
}

TEST(OutcomeModel, KnowsNothingAtFirst) {
  Sample empty = sample(6, 2, 0);
  const OutcomeModel model = empty.fitted(3);
  for (std::size_t q = 0; q < empty.pool.size(); ++q) {
    for (std::size_t j = 0; j < empty.models; ++j) EXPECT_DOUBLE_EQ(empty.chance(model, q, j), 0.5);
  }
}

// What it is told of others on a query says what to expect of a model that was not judged on it.
TEST(OutcomeModel, LearnsFromOthersOutcomesAndFromFeatures) {
  Sample rows = sample(7, 0, 0);
  for (std::size_t q = 0; q < 6; ++q) {
    for (std::size_t j = 0; j < 3; ++j) rows.outcomes.push_back({q, j, q < 3 ? 1.0 : 0.0});
  }
  rows.outcomes.push_back({6, 3, 1.0});
  const OutcomeModel model = rows.fitted();
  EXPECT_GT(rows.chance(model, 0, 3), rows.chance(model, 5, 3) + 0.2)
      << "three models won one query and lost the other";
  EXPECT_GT(rows.chance(model, 7, 3), rows.chance(model, 7, 0))
      << "one has won all it was judged on, the other half";

  Sample by_feature = sample(8, 1, 0);
  for (std::size_t q = 0; q < 7; ++q) {
    for (std::size_t j = 0; j < 4; ++j) {
      const bool high = by_feature.features.at(by_feature.pool[q], model_id(j))[0] > 0;
      by_feature.outcomes.push_back({q, j, high ? 1.0 : 0.0});
    }
  }
  by_feature.features.at(by_feature.pool[7], model_id(0))[0] = 1;
  by_feature.features.at(by_feature.pool[7], model_id(1))[0] = -1;
  const OutcomeModel weighted = by_feature.fitted();
  EXPECT_GT(by_feature.chance(weighted, 7, 0), by_feature.chance(weighted, 7, 1) + 0.3)
      << "the feature decided every outcome so far";
}

TEST(OutcomeModel, StaysSoundWithHundredsOfEqualOutcomesAndUselessFeatures) {
  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < 400; ++q) pool.push_back(query_id(q));
  text::FeatureTable features(400, 2, 3);  // the first two the same, the third without variance
  Rng rng(9);
  for (const QueryId query : pool) {
    for (std::size_t j = 0; j < 2; ++j) {
      const auto of_pair = features.at(query, model_id(j));
      of_pair[0] = of_pair[1] = static_cast<float>(rng.normal());
    }
  }
  for (const double worth : {0.0, 0.5, 1.0}) {
    OutcomeModel model(2, pool, &features);
    std::vector<char> open(400, 1);
    OutcomeModel::Chances chances;
    for (std::size_t q = 0; q < 399; ++q) {
      model.add(q, 0, worth);
      open[q] = 0;
      if (q % 20 == 0) model.fit();
    }
    for (int i = 0; i < 20; ++i) model.fit();
    const Forecast forecast = model.forecast(0, open, std::vector<double>(400, 1.0), chances);
    EXPECT_NEAR(forecast.sum, worth == 0.5 ? 0.5 : worth, worth == 0.5 ? 0.01 : 0.06)
        << "399 outcomes of " << worth << ", and the next is expected to be another";
    EXPECT_GE(forecast.sum, kLapse);
    EXPECT_LE(forecast.sum, 1 - kLapse);
    EXPECT_GE(forecast.variance, 0);
    EXPECT_TRUE(std::isfinite(forecast.variance));
  }
}

std::vector<char> open_for(const Sample& sample, std::size_t model) {
  std::vector<char> open(sample.pool.size());
  for (std::size_t q = 0; q < open.size(); ++q) open[q] = sample.judged(q, model) ? 0 : 1;
  return open;
}

// Weights count in the sum, and squared in what chance does to it.
TEST(OutcomeModel, AForecastIsTheWeightedSumOverWhatIsOpen) {
  const Sample half = sample(10, 1, 0.5);
  const OutcomeModel model = half.fitted();
  const ReferenceFit reference = half.reference();
  std::vector<double> weights;
  for (std::size_t q = 0; q < half.pool.size(); ++q) weights.push_back(0.5 + 0.25 * static_cast<double>(q));
  for (std::size_t j = 0; j < half.models; ++j) {
    OutcomeModel::Chances chances;
    const Forecast forecast = model.forecast(j, open_for(half, j), weights, chances);
    double sum = 0;
    double noise = 0;
    double by_mean = 0;
    double by_slope = 0;
    for (std::size_t q = 0; q < half.pool.size(); ++q) {
      if (half.judged(q, j)) continue;
      const double p = approximate_chance(reference, q, j);
      EXPECT_NEAR(chances.expected[q], p, 1e-5);
      sum += weights[q] * p;
      noise += weights[q] * weights[q] * p * (1 - p);
      by_mean += weights[q] * p * (1 - p);
      by_slope += weights[q] * p * (1 - p) * reference.easiness[q];
    }
    const ReferenceFit::Ability& ability = reference.abilities[j];
    EXPECT_NEAR(forecast.sum, sum, 1e-4);
    EXPECT_NEAR(forecast.variance,
                noise + by_mean * by_mean * ability.mean_variance + 2 * by_mean * by_slope * ability.covariance +
                    by_slope * by_slope * ability.slope_variance,
                2e-4);
  }
}

// A near-copy of a model that is known on all queries: where that one surprised, so will the copy.
TEST(OutcomeModel, ACopySharesTheSurprisesOfTheModelReferredTo) {
  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < 200; ++q) pool.push_back(query_id(q));
  OutcomeModel model(4, pool, nullptr);
  Rng rng(12);
  std::vector<double> of_leader(200);
  for (std::size_t q = 0; q < 200; ++q) {
    of_leader[q] = rng.uniform() < 0.5 ? 1 : 0;
    model.add(q, 0, of_leader[q]);
    if (q < 100) model.add(q, 1, of_leader[q]);
    if (q < 100) model.add(q, 2, rng.uniform() < 0.5 ? 1 : 0);
  }
  for (int i = 0; i < 20; ++i) model.fit();
  model.refer_to(0);
  for (int i = 0; i < 20; ++i) model.fit();
  std::vector<char> open(200, 0);
  std::fill(open.begin() + 100, open.end(), 1);
  const std::vector<double> weights(200, 1.0);
  std::array<double, 2> apart{};  // where the leader won, less where it lost
  for (const std::size_t j : {1U, 2U}) {
    OutcomeModel::Chances chances;
    model.forecast(j, open, weights, chances);
    for (std::size_t q = 100; q < 200; ++q) apart[j - 1] += (2 * of_leader[q] - 1) * chances.expected[q] / 50;
  }
  EXPECT_GT(apart[0], 0.7) << "it agreed with the leader on 100 queries";
  EXPECT_LT(apart[1], apart[0] - 0.3) << "this one had nothing to do with it";
}

}  // namespace
}  // namespace assay::select
