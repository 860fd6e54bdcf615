#include "assay/select/sequential_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

namespace assay::select {
namespace {

using Rows = std::vector<std::vector<double>>;  // worth of the models' outcomes, a row per query

double sum_of(const Rows& rows, std::size_t model) {
  double sum = 0;
  for (const auto& row : rows) sum += row[model];
  return sum;
}

// Mean over all orders of the rows of exp(log_capital(test)), after each row.
template <typename LogCapital>
std::vector<double> mean_over_orders(const Rows& rows, double epsilon, LogCapital log_capital) {
  std::vector<double> means(rows.size() + 1, 0);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  double orders = 0;
  do {
    SequentialTest test({epsilon, 0.8}, rows[0].size(), rows.size());
    means[0] += 1;
    for (std::size_t t = 0; t < rows.size(); ++t) {
      if (!test.over()) test.add_row(rows[order[t]]);
      means[t + 1] += std::exp(log_capital(test));
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  for (double& mean : means) mean /= orders;
  return means;
}

// Of the capital that says that `model` is not the best.
std::vector<double> mean_capitals(const Rows& rows, std::size_t model, double epsilon) {
  return mean_over_orders(rows, epsilon,
                          [&](const SequentialTest& test) { return test.against_best(model_id(model)).log(); });
}

// The theorem, without chance.
TEST(SequentialTest, AgainstTheBestModelNothingIsWonOnAverageOverAllOrders) {
  const std::vector<Rows> pools = {
      {{1, 0}, {1, 0}, {0, 1}, {0.5, 0}, {0, 0.5}, {0.5, 1}},
      {{1, 0, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0.5, 0.5}, {0, 1, 1}, {0.5, 0, 0}},
      {{1, 0, 1, 0}, {0, 1, 1, 0}, {1, 1, 0, 0}, {0, 0, 0, 1}, {1, 1, 0.5, 0.5}, {0.5, 0.5, 1, 0}}};
  for (const Rows& rows : pools) {
    double top = 0;
    for (std::size_t j = 0; j < rows[0].size(); ++j) top = std::max(top, sum_of(rows, j));
    for (std::size_t j = 0; j < rows[0].size(); ++j) {
      if (sum_of(rows, j) < top) continue;
      for (const double epsilon : {0.0, 0.1}) {
        for (const double mean : mean_capitals(rows, j, epsilon)) {
          EXPECT_LE(mean, 1 + 1e-9) << "the best of " << rows[0].size() << " models is refuted too often";
        }
      }
    }
  }
}

TEST(SequentialTest, BetsAreFairBetweenEqualModels) {
  const Rows rows = {{1, 0}, {1, 0}, {0, 1}, {0, 1}, {0.5, 0}, {0, 0.5}, {1, 1}};
  for (const std::size_t model : {0U, 1U}) {
    for (const double mean : mean_capitals(rows, model, 0)) {
      EXPECT_NEAR(mean, 1, 1e-9) << "bets are dearer than they need be: the race lasts longer than it must";
    }
  }
}

// Model 1 is ahead by the tolerance to the last digit; that 0 may be returned is bet on whenever 0 leads.
TEST(SequentialTest, ThatALeaderIsGoodEnoughIsBetOnAtFairPrices) {
  const Rows rows = {{1, 0}, {0, 1}, {0, 0.5}, {0.5, 1}, {0, 1}, {1, 0.5}, {0.5, 1}};
  const double epsilon = (sum_of(rows, 1) - sum_of(rows, 0)) / static_cast<double>(rows.size());
  bool was_bet_on = false;
  const auto log_claim = [&](const SequentialTest& test) {
    const stats::Capital* capital = test.against_claim(model_id(0), model_id(1));
    was_bet_on = was_bet_on || (capital != nullptr && capital->log() != 0);
    return capital == nullptr ? 0 : capital->log();
  };
  for (const double mean : mean_over_orders(rows, epsilon, log_claim)) {
    EXPECT_NEAR(mean, 1, 1e-9) << "a leader that is worse than allowed is let through too often, or too rarely";
  }
  EXPECT_TRUE(was_bet_on);
}

TEST(SequentialTest, AgainstAWorseModelCapitalGrows) {
  const Rows rows = {{1, 0}, {1, 0}, {1, 0}, {0, 0}, {1, 1}, {1, 0}, {1, 0.5}};
  EXPECT_GT(mean_capitals(rows, 1, 0).back(), 1.5);
  EXPECT_LE(mean_capitals(rows, 0, 0).back(), 1);
}

TEST(SequentialTest, WhatIsCertainIsNotInDoubt) {
  SequentialTest test({0, 0.999999}, 2, 9);
  for (int row = 0; row < 4; ++row) test.add_row(std::vector<double>{1, 0});
  EXPECT_TRUE(test.racing(model_id(1))) << "four points behind, five to come";
  EXPECT_GT(test.risk(), 0);
  test.add_row(std::vector<double>{1, 0});
  EXPECT_FALSE(test.racing(model_id(1))) << "five points behind, four to come";
  EXPECT_EQ(test.risk(), 0);
  EXPECT_TRUE(test.over());
}

TEST(SequentialTest, WithATolerancePointsThatCannotMatterAreNotInDoubt) {
  SequentialTest test({0.5, 0.999999}, 2, 10);
  for (int row = 0; row < 5; ++row) test.add_row(std::vector<double>{0.5, 0.5});
  EXPECT_EQ(test.risk(), 0) << "five of ten left, and half the win rate may be lost";
}

}  // namespace
}  // namespace assay::select
