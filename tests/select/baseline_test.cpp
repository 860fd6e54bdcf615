#include "assay/select/baseline.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/rng.h"

namespace assay::select {
namespace {

std::vector<QueryId> all_of(const RewardTable& table) {
  std::vector<QueryId> pool(table.queries());
  for (std::size_t i = 0; i < pool.size(); ++i) pool[i] = query_id(i);
  return pool;
}

BaselineSensitivity sensitivity(const RewardTable& table, std::optional<ModelId> leader = {}) {
  return baseline_sensitivity(table, all_of(table), leader).value();
}

// Model j wins `wins[j]` of `queries`, loses the others; the wins of different models fall on unlike queries.
RewardTable with_wins(std::size_t queries, const std::vector<std::size_t>& wins) {
  RewardTable table(queries, wins.size());
  for (std::size_t j = 0; j < wins.size(); ++j) {
    Rng rng(7, j);
    std::vector<Outcome> column(queries, Outcome::loss);
    for (std::size_t i = 0; i < wins[j]; ++i) column[i] = Outcome::win;
    rng.shuffle(std::span(column));
    for (std::size_t i = 0; i < queries; ++i) table.set(query_id(i), model_id(j), column[i]);
  }
  return table;
}

TEST(BaselineSensitivity, OfABaselineThatAllLeadersBeat) {
  const BaselineSensitivity found = sensitivity(with_wins(200, {170, 190, 20, 192, 60, 188}));
  EXPECT_EQ(found.leaders, (std::vector<ModelId>{model_id(3), model_id(1), model_id(5)}));
  EXPECT_NEAR(found.win_rate, 0.95, 1e-12);
  EXPECT_NEAR(found.sensitivity, 4 * 0.95 * 0.05, 0.02);
  ASSERT_TRUE(found.better_baseline) << "nobody would learn that a stronger baseline tells more";
  EXPECT_EQ(*found.better_baseline, model_id(0)) << "the strongest of those clearly below the leaders";
  EXPECT_LT(found.better_win_rate, 0.8);
  EXPECT_GT(found.gain, 3.0);
}

TEST(BaselineSensitivity, ABetterBaselineMultipliesTheOdds) {
  // Odds 19 of the leaders and 4 of model 2: against it they win 19 of 23.75.
  const BaselineSensitivity found = sensitivity(with_wins(1000, {950, 950, 800, 100}));
  ASSERT_TRUE(found.better_baseline);
  EXPECT_EQ(*found.better_baseline, model_id(2));
  const double expected = 19.0 / (19 + 4);
  EXPECT_NEAR(found.better_win_rate, expected, 0.005);
  EXPECT_NEAR(found.gain, expected * (1 - expected) / (0.95 * 0.05), 0.05);
}

TEST(BaselineSensitivity, ABaselineAmongTheLeadersIsGoodEnough) {
  const BaselineSensitivity found = sensitivity(with_wins(200, {110, 100, 90, 60, 40, 20}));
  EXPECT_GT(found.sensitivity, 0.97);
  EXPECT_FALSE(found.better_baseline) << "a change that gains nothing would be proposed";
  EXPECT_EQ(found.gain, 1.0);
  EXPECT_EQ(found.better_win_rate, found.win_rate);
}

TEST(BaselineSensitivity, NoBetterBaselineThatMayItselfBeTheBest) {
  const BaselineSensitivity found = sensitivity(with_wins(200, {190, 189, 188, 187}));
  EXPECT_FALSE(found.better_baseline) << "a model that competes for first would be taken out of the race";
}

TEST(BaselineSensitivity, EqualLeadersCannotBeToldApart) {
  RewardTable table = with_wins(50, {40, 40, 10});
  for (const QueryId query : all_of(table)) table.set(query, model_id(1), table.at(query, model_id(0)));
  const BaselineSensitivity found = sensitivity(table);
  EXPECT_EQ(found.discordance, 0.0);
  EXPECT_FALSE(found.queries_to_separate);
  EXPECT_EQ(found.order_same_baseline, 0.5);
  EXPECT_EQ(found.order_other_baseline, 0.5);
}

TEST(BaselineSensitivity, MoreQueriesMakeTheOrderSurer) {
  const BaselineSensitivity few = sensitivity(with_wins(40, {28, 20}));
  const BaselineSensitivity many = sensitivity(with_wins(400, {280, 200}));
  EXPECT_GT(few.order_same_baseline, 0.5);
  EXPECT_GT(many.order_same_baseline, few.order_same_baseline);
  for (const BaselineSensitivity& one : {few, many}) {
    EXPECT_LT(one.order_other_baseline, one.order_same_baseline) << "another baseline can't make it surer";
    EXPECT_LT(one.order_interval.low, one.order_other_baseline);
    EXPECT_EQ(one.order_interval.high, one.order_same_baseline);
  }
  EXPECT_NEAR(many.queries_to_separate.value(), few.queries_to_separate.value(), 15) << "the same gap";
}

TEST(BaselineSensitivity, QueriesToSeparateMakeTheGapTwoStandardErrors) {
  const RewardTable table = with_wins(400, {220, 200});
  const BaselineSensitivity found = sensitivity(table);
  // Independent columns: the difference of win rates has the variance 2 * 1/4 a query, the gap is 0.05.
  EXPECT_NEAR(found.queries_to_separate.value(), std::pow(1.96 / 0.05, 2) * 0.5, 60);
}

TEST(BaselineSensitivity, WhatNobodyJudgedIsLeftOut) {
  const RewardTable full = with_wins(100, {80, 60, 40, 20});
  RewardTable half(300, 4);
  for (std::size_t i = 0; i < 100; ++i) {
    for (std::size_t j = 0; j < 4; ++j) half.set(query_id(3 * i), model_id(j), full.at(query_id(i), model_id(j)));
  }
  const BaselineSensitivity a = sensitivity(full);
  const BaselineSensitivity b = sensitivity(half);
  EXPECT_EQ(b.queries, 100U);
  EXPECT_DOUBLE_EQ(a.win_rate, b.win_rate) << "unknown outcomes would count as draws";
  EXPECT_DOUBLE_EQ(a.order_other_baseline, b.order_other_baseline);
}

TEST(BaselineSensitivity, LooksAtThePoolAlone) {
  RewardTable table = with_wins(60, {40, 20});
  const std::vector<QueryId> pool(30, query_id(0));
  EXPECT_EQ(baseline_sensitivity(table, pool).value().queries, 30U);
  EXPECT_FALSE(baseline_sensitivity(table, {}));
}

TEST(BaselineSensitivity, TheReturnedModelStandsFirst) {
  const RewardTable table = with_wins(100, {80, 60, 20, 10});
  const BaselineSensitivity found = sensitivity(table, model_id(1));
  EXPECT_EQ(found.leaders, (std::vector<ModelId>{model_id(1), model_id(0)}));
  EXPECT_LT(found.order_other_baseline, 0.1) << "the returned model is behind, and the report would hide it";
  EXPECT_LE(found.order_interval.low, found.order_interval.high);
}

TEST(BaselineSensitivity, NeedsTwoModelsWithAnOutcome) {
  EXPECT_FALSE(baseline_sensitivity(RewardTable(), {}));
  RewardTable table(3, 2);
  EXPECT_FALSE(baseline_sensitivity(table, all_of(table)));
  table.set(query_id(0), model_id(1), Outcome::win);
  EXPECT_FALSE(baseline_sensitivity(table, all_of(table)));
  table.set(query_id(1), model_id(0), Outcome::win);  // On another query: nothing to compare.
  const BaselineSensitivity found = sensitivity(table);
  EXPECT_EQ(found.queries, 0U);
  EXPECT_EQ(found.order_other_baseline, 0.5);
  EXPECT_FALSE(found.queries_to_separate);
}

// Two models whose gap in log odds is drawn from a wide prior, and moved for the other baseline.
TEST(BaselineSensitivity, ProbabilitiesAreKeptInTheLongRun) {
  constexpr std::size_t kQueries = 60;
  constexpr int kTrials = 20'000;
  Rng rng(11);
  double said_same = 0;
  double said_other = 0;
  double held_same = 0;
  double held_other = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const double gap = rng.normal();
    RewardTable table(kQueries, 2);
    for (const QueryId query : all_of(table)) {
      const double common = rng.normal();  // Hard queries are hard for both.
      for (const std::size_t j : {0U, 1U}) {
        const double p = 1 / (1 + std::exp(-common - (j == 0 ? gap / 2 : -gap / 2)));
        table.set(query, model_id(j), rng.uniform() < p ? Outcome::win : Outcome::loss);
      }
    }
    const BaselineSensitivity found = sensitivity(table);
    const double sign = found.leaders[0] == model_id(0) ? 1 : -1;
    said_same += found.order_same_baseline;
    said_other += found.order_other_baseline;
    held_same += sign * gap > 0 ? 1 : 0;
    // Log odds shrink by a common factor when queries differ; the drift is in the log odds of win rates.
    held_other += sign * (0.86 * gap + kBaselineDrift * rng.normal()) > 0 ? 1 : 0;
  }
  EXPECT_NEAR(said_same / kTrials, held_same / kTrials, 0.02) << "reported odds would be wrong";
  EXPECT_NEAR(said_other / kTrials, held_other / kTrials, 0.02);
}

}  // namespace
}  // namespace assay::select
