#include "assay/select/outcome_model.h"

#include <gtest/gtest.h>

#include <algorithm>
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
      EXPECT_NEAR(model.chance(q, j), approximate_chance(reference, q, j), 1e-5) << which;
      EXPECT_NEAR(model.chance(q, j), reference.chance(q, j), 0.02) << which << ": far from the integral";
    }
  }
}

TEST(OutcomeModel, ComesToTheModeOfThePenalisedLikelihood) {
  expect_fit(sample(1, 0), "no features");
  expect_fit(sample(2, 2), "two features");
  expect_fit(sample(3, 1, 0.25), "a few outcomes");
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
    for (std::size_t j = 0; j < empty.models; ++j) EXPECT_DOUBLE_EQ(model.chance(q, j), 0.5);
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
  EXPECT_GT(model.chance(0, 3), model.chance(5, 3) + 0.2) << "three models won one query and lost the other";
  EXPECT_GT(model.chance(7, 3), model.chance(7, 0)) << "one has won all it was judged on, the other half";

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
  EXPECT_GT(weighted.chance(7, 0), weighted.chance(7, 1) + 0.3) << "the feature decided every outcome so far";
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
    std::vector<float> chances(400);
    for (std::size_t q = 0; q < 399; ++q) {
      model.add(q, 0, worth);
      open[q] = 0;
      if (q % 20 == 0) model.fit();
    }
    for (int i = 0; i < 20; ++i) model.fit();
    const Forecast forecast = model.forecast(0, open, chances);
    EXPECT_NEAR(forecast.sum, worth == 0.5 ? 0.5 : worth, worth == 0.5 ? 0.01 : 0.06)
        << "399 outcomes of " << worth << ", and the next is expected to be another";
    EXPECT_GE(forecast.sum, kLapse);
    EXPECT_LE(forecast.sum, 1 - kLapse);
    EXPECT_GE(forecast.parameter, 0);
    EXPECT_TRUE(std::isfinite(forecast.noise + forecast.parameter + forecast.information));
  }
}

struct Open {
  std::vector<char> open;
  std::vector<float> chances;

  Open(const Sample& sample, std::size_t model) : open(sample.pool.size()), chances(sample.pool.size(), -1.0F) {
    for (std::size_t q = 0; q < open.size(); ++q) open[q] = sample.judged(q, model) ? 0 : 1;
  }
};

TEST(OutcomeModel, AForecastIsTheSumOverWhatIsOpen) {
  const Sample half = sample(10, 1, 0.5);
  const OutcomeModel model = half.fitted();
  const ReferenceFit reference = half.reference();
  for (std::size_t j = 0; j < half.models; ++j) {
    Open pairs(half, j);
    const Forecast forecast = model.forecast(j, pairs.open, pairs.chances);
    double sum = 0;
    double noise = 0;
    double by_mean = 0;
    double by_slope = 0;
    double likely = 0;
    double falls = 0;
    double rises = 0;
    for (std::size_t q = 0; q < half.pool.size(); ++q) {
      if (half.judged(q, j)) {
        EXPECT_EQ(pairs.chances[q], -1.0F) << "written where nothing is open";
        continue;
      }
      const double p = approximate_chance(reference, q, j);
      EXPECT_NEAR(pairs.chances[q], p, 1e-5);
      sum += p;
      noise += p * (1 - p);
      by_mean += p * (1 - p);
      by_slope += p * (1 - p) * reference.easiness[q];
      if (p >= 0.5) likely += 1;
      if (p >= 0.5) falls += 1 - p;
      if (p < 0.5) rises += p;
    }
    const ReferenceFit::Ability& ability = reference.abilities[j];
    EXPECT_NEAR(forecast.sum, sum, 1e-4);
    EXPECT_NEAR(forecast.noise, noise, 1e-4);
    EXPECT_EQ(forecast.likely, likely);
    EXPECT_NEAR(forecast.falls, falls, 1e-4);
    EXPECT_NEAR(forecast.rises, rises, 1e-4);
    EXPECT_NEAR(forecast.parameter,
                by_mean * by_mean * ability.mean_variance + 2 * by_mean * by_slope * ability.covariance +
                    by_slope * by_slope * ability.slope_variance,
                1e-4);
    EXPECT_NEAR(forecast.information * ability.mean_variance, 1, 1e-4);
  }
}

// Sums of expected outcomes, with ability, slope and easiness drawn from what is known of them.
struct Drawn {
  double own = 0;   // variance of model a's sum by its ability and slope
  double both = 0;  // covariance of the sums of a and b by the easiness
};

Drawn draw_sums(const ReferenceFit& fit, const Sample& sample, std::size_t a, std::size_t b) {
  constexpr int kDraws = 5000;
  Rng rng(77);
  const ReferenceFit::Ability& ability = fit.abilities[a];
  double sum = 0;
  double squares = 0;
  double sum_a = 0;
  double sum_b = 0;
  double products = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double z = rng.normal();
    const double mean = std::sqrt(ability.mean_variance) * z;
    const double slope =
        ability.covariance / std::sqrt(ability.mean_variance) * z +
        std::sqrt(ability.slope_variance - ability.covariance * ability.covariance / ability.mean_variance) *
            rng.normal();
    double own = 0;
    double of_a = 0;
    double of_b = 0;
    for (std::size_t q = 0; q < sample.pool.size(); ++q) {
      const double shift = std::sqrt(fit.easiness_variance[q]) * rng.normal();
      if (!sample.judged(q, a)) own += logistic(fit.logit(q, a) + mean + slope * fit.easiness[q]);
      if (!sample.judged(q, a)) of_a += logistic(fit.logit(q, a) + ability.slope * shift);
      if (!sample.judged(q, b)) of_b += logistic(fit.logit(q, b) + fit.abilities[b].slope * shift);
    }
    sum += own / kDraws;
    squares += own * own / kDraws;
    sum_a += of_a / kDraws;
    sum_b += of_b / kDraws;
    products += of_a * of_b / kDraws;
  }
  return {squares - sum * sum, products - sum_a * sum_b};
}

// Both are linear approximations, and of chances that are drawn towards 1/2 already.
TEST(OutcomeModel, VariancesAreAboutWhatDrawnParametersGive) {
  const Sample half = sample(11, 0, 0.55);
  const OutcomeModel model = half.fitted();
  const ReferenceFit reference = half.reference();
  for (std::size_t a = 0; a < half.models; ++a) {
    const std::size_t b = (a + 1) % half.models;
    Open of_a(half, a);
    Open of_b(half, b);
    const Forecast forecast = model.forecast(a, of_a.open, of_a.chances);
    model.forecast(b, of_b.open, of_b.chances);
    const double shared = model.shared(a, b, of_a.open, of_b.open, of_a.chances, of_b.chances);
    const Drawn drawn = draw_sums(reference, half, a, b);
    EXPECT_NEAR(forecast.parameter, drawn.own, 0.5 * drawn.own) << "model " << a;
    EXPECT_NEAR(shared, drawn.both, 0.6 * drawn.both) << "models " << a << " and " << b;
  }
}

TEST(OutcomeModel, SharedIsSymmetricAndASumOverTheQueriesOpenForBoth) {
  const Sample half = sample(12, 0, 0.5);
  const OutcomeModel model = half.fitted();
  Open of_a(half, 0);
  Open of_b(half, 3);
  model.forecast(0, of_a.open, of_a.chances);
  model.forecast(3, of_b.open, of_b.chances);
  double sum = 0;
  for (std::size_t q = 0; q < half.pool.size(); ++q) {
    if (half.judged(q, 0) || half.judged(q, 3)) continue;
    const double p = model.chance(q, 0);
    const double r = model.chance(q, 3);
    sum += model.shared(q, 0, 3, p * (1 - p), r * (1 - r));
  }
  EXPECT_GT(sum, 0) << "two models, one query: they share its easiness";
  EXPECT_NEAR(model.shared(0, 3, of_a.open, of_b.open, of_a.chances, of_b.chances), sum, 1e-6);
  EXPECT_NEAR(model.shared(3, 0, of_b.open, of_a.open, of_b.chances, of_a.chances), sum, 1e-6);
  const std::vector<char> none(half.pool.size(), 0);
  EXPECT_EQ(model.shared(0, 3, none, of_b.open, of_a.chances, of_b.chances), 0);
}

}  // namespace
}  // namespace assay::select
