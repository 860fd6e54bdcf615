#include "assay/ensemble/error_copula.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/rng.h"
#include "assay/stats/normal.h"

namespace assay::ensemble {
namespace {

// Errors with one common factor, all loadings sqrt(r).
LabelTable correlated(std::size_t models, std::size_t queries, double error, double r, std::uint64_t seed) {
  LabelTable table(queries, models, 2, LabelKind::classes);
  Rng rng(seed);
  const double threshold = stats::normal_quantile(error);
  for (std::size_t q = 0; q < queries; ++q) {
    const double common = rng.normal();
    for (std::size_t m = 0; m < models; ++m) {
      const bool wrong = std::sqrt(r) * common + std::sqrt(1 - r) * rng.normal() < threshold;
      table.set_prediction(query_id(q), model_id(m), wrong ? 2 : 1);
    }
  }
  return table;
}

std::vector<ModelId> first(std::size_t count) {
  std::vector<ModelId> members;
  for (std::size_t m = 0; m < count; ++m) members.push_back(model_id(m));
  return members;
}

TEST(ErrorCopula, FindsTheCorrelations) {
  const LabelTable table = correlated(4, 40'000, 0.3, 0.5, 1);
  const ErrorCopula copula = fit_error_copula(table, first(4));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(copula.error[i], 0.3, 0.01);
    for (std::size_t j = 0; j < i; ++j) EXPECT_NEAR(copula.correlation.at(i, j), 0.5, 0.025);
  }
  EXPECT_EQ(copula.repaired, 0);
}

TEST(ErrorCopula, PredictsWhatIsSeen) {
  const LabelTable table = correlated(7, 40'000, 0.35, 0.6, 2);
  const std::vector<double> seen = observed_majority_errors(table, first(7));
  const std::vector<double> modelled = majority_errors(fit_error_copula(table, first(7)), 1);
  for (std::size_t k = 0; k < 7; ++k) EXPECT_NEAR(modelled[k], seen[k], 0.01) << k + 1;
}

TEST(ErrorCopula, IndependentErrorsByEnumeration) {
  const std::vector<double> errors = {0.1, 0.3, 0.45, 0.6};
  const std::vector<double> came = independent_majority_errors(errors);
  for (std::size_t k = 1; k <= errors.size(); ++k) {
    double lost = 0;
    for (unsigned pattern = 0; pattern < 1U << k; ++pattern) {
      double chance = 1;
      std::size_t wrong = 0;
      for (std::size_t j = 0; j < k; ++j) {
        const bool is_wrong = (pattern >> j & 1U) != 0;
        chance *= is_wrong ? errors[j] : 1 - errors[j];
        wrong += is_wrong ? 1 : 0;
      }
      if (2 * wrong >= k) lost += chance;
    }
    EXPECT_NEAR(came[k - 1], lost, 1e-12);
  }
}

TEST(ErrorCopula, TheFloorIsWhatManyModelsErrIn) {
  for (const double r : {0.3, 0.6}) {
    // 401 models by simulation.
    const LabelTable many = correlated(401, 20'000, 0.35, r, 3);
    const double seen = observed_majority_errors(many, first(401)).back();
    const ErrorCopula few = fit_error_copula(correlated(6, 40'000, 0.35, r, 4), first(6));
    EXPECT_NEAR(majority_floor(few), seen, 0.015) << r;
    // The formula for equal models: Phi(threshold / sqrt(r)).
    EXPECT_NEAR(majority_floor(few), stats::normal_cdf(stats::normal_quantile(0.35) / std::sqrt(r)), 0.015) << r;
  }
}

TEST(ErrorCopula, WithoutCorrelationThereIsNoFloor) {
  EXPECT_LT(majority_floor(fit_error_copula(correlated(5, 40'000, 0.35, 0, 5), first(5))), 0.01);
}

TEST(ErrorCopula, OneModel) {
  const LabelTable table = correlated(1, 1000, 0.3, 0, 6);
  const ErrorCopula copula = fit_error_copula(table, first(1));
  EXPECT_NEAR(majority_errors(copula, 1)[0], copula.error[0], 0.005);
  EXPECT_EQ(majority_floor(copula), 0) << "independent otherwise";
}

TEST(ErrorCopula, ModelsThatNeverErr) {
  LabelTable table(50, 2, 2, LabelKind::classes);
  for (std::size_t q = 0; q < 50; ++q) {
    table.set_prediction(query_id(q), model_id(0), 1);
    table.set_prediction(query_id(q), model_id(1), 1);
  }
  const ErrorCopula copula = fit_error_copula(table, first(2));
  EXPECT_EQ(copula.error[0], 0);
  EXPECT_TRUE(std::isfinite(majority_floor(copula)));
}

}  // namespace
}  // namespace assay::ensemble
