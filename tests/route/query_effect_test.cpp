#include "assay/route/query_effect.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "assay/route/accuracy.h"
#include "assay/route/fit.h"
#include "assay/route/neighbour_vote.h"
#include "assay/route/query_routing.h"
#include "assay/route/ridge.h"
#include "assay/route/update.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

// Scores of a random-effects model: accuracy + effect of the query + rest, not clipped to what scores may be but by
// small variances.
struct Drawn {
  Drawn(std::size_t queries, std::size_t models, double known, double of_queries, double rest, unsigned seed)
      : task(queries, 0), same_text(queries), accuracy(models), cells(queries * models) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::bernoulli_distribution is_known(known);
    std::iota(same_text.begin(), same_text.end(), 0U);
    for (std::size_t j = 0; j < models; ++j)
      accuracy[j] = 0.4 + 0.2 * static_cast<double>(j) / static_cast<double>(models);
    for (std::size_t i = 0; i < queries; ++i) {
      truth.push_back(of_queries * normal(random));
      for (std::size_t j = 0; j < models; ++j) {
        const double score = accuracy[j] + truth[i] + rest * normal(random);
        if (is_known(random)) cells[i * models + j] = Correctness::of(std::clamp(score, 0.0, 1.0));
      }
    }
  }
  BenchmarkView view() const { return {cells, task, same_text, accuracy.size(), 1, {}}; }

  std::vector<std::uint32_t> task, same_text;
  std::vector<double> accuracy, truth;
  std::vector<Correctness> cells;
};

TEST(QueryEffects, AreNoneWhereAllIsKnown) {
  const Drawn all(50, 4, 1, 0.1, 0.1, 1);
  EXPECT_TRUE(query_effects(all.view(), all.accuracy).empty());
  const Drawn nothing(50, 4, 0, 0.1, 0.1, 1);
  EXPECT_TRUE(query_effects(nothing.view(), nothing.accuracy).empty());
}

// As by hand: two queries with two known cells each, 1 and 1 of the one, 0 and 0 of the other, and one with a
// single cell. Between them 1/2 each, within nothing: then all of a residual is the query's.
TEST(QueryEffects, AreThoseOfTheAnalysisOfVariance) {
  const auto r = Correctness::kRight, w = Correctness::kWrong, u = Correctness::kUnknown;
  const std::vector<Correctness> same = {r, r, u, w, w, u, r, u, u, u, u, u};
  const std::vector<std::uint32_t> task(4, 0), text = {0, 1, 2, 3};
  const std::vector<double> half(3, 0.5);
  std::vector<float> effects = query_effects({same, task, text, 3, 1, {}}, half);
  ASSERT_EQ(effects.size(), 4U);
  EXPECT_NEAR(effects[0], 0.5, 1e-6);
  EXPECT_NEAR(effects[1], -0.5, 1e-6);
  EXPECT_NEAR(effects[2], 0.5, 1e-6);
  EXPECT_EQ(effects[3], 0) << "nothing is known of it";
  // Every query has one right and one wrong: nothing is the query's.
  const std::vector<Correctness> mixed = {r, w, u, w, r, u, r, u, u, u, u, u};
  effects = query_effects({mixed, task, text, 3, 1, {}}, half);
  EXPECT_EQ(effects, (std::vector<float>{0, 0, 0, 0}));
}

// The best linear prediction is k s / (e + k s) times the mean of k residuals, s and e the variances; its squared
// error is s e / (e + k s), and no other shrinkage has less.
TEST(QueryEffects, PredictAsWellAsCanBe) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    const Drawn drawn(20'000, 6, 0.4, 0.1, 0.15, seed);
    const std::vector<float> effects = query_effects(drawn.view(), drawn.accuracy);
    double error = 0, least = 0;
    for (std::size_t i = 0; i < effects.size(); ++i) {
      double known = 0;
      for (const Correctness cell : drawn.view().row(i)) known += cell.known() ? 1 : 0;
      error += std::pow(drawn.truth[i] - effects[i], 2);
      least += 0.01 * 0.0225 / (0.0225 + known * 0.01);
    }
    EXPECT_NEAR(error / least, 1, 0.03);
  }
}

TEST(QueryEffects, StandInForUnknownCells) {
  const auto r = Correctness::kRight, w = Correctness::kWrong, u = Correctness::kUnknown;
  const std::vector<Correctness> cells = {r, u, w, u};
  const std::vector<std::uint32_t> task(2, 0), text = {0, 1};
  const std::vector<float> effects = {0.1F, -0.3F}, vectors = {1, 0, 0, 1};
  const std::vector<double> accuracy = {0.5, 0.6};
  BenchmarkView view{cells, task, text, 2, 1, {vectors, 2}, effects};
  std::vector<double> votes(2);
  const std::vector<neighbours::Neighbour> near = {{0, 1}, {1, 1}};
  cautious_vote(view, near, 2, accuracy, votes);
  EXPECT_NEAR(votes[0], 0.5, 1e-6) << "what is known stays";
  EXPECT_NEAR(votes[1], 0.6 - 0.1, 1e-6);
  // The ridge of a model that is known nowhere learns from the effects, as if its scores were these.
  const std::vector<std::size_t> both = {0, 1};
  const std::vector<double> penalty = {0.1};
  const RidgeFit fit = fit_ridge(ridge_sums(view, both, 1), penalty, accuracy)[0];
  EXPECT_GT(fit.weights[1], 0);
  EXPECT_LT(fit.weights[3], 0);
  view.effect = {};
  const RidgeFit without = fit_ridge(ridge_sums(view, both, 1), penalty, accuracy)[0];
  EXPECT_EQ(without.weights[1], 0);
  EXPECT_EQ(without.weights[0], fit.weights[0]) << "another model's";
}

// Two models are asked prompts that are too hard for all: that must not make the others look better there.
TEST(QueryEffects, WhatIsUnknownIsNoBetterOnAHardPrompt) {
  const SampleBenchmark sample({.tasks = 4, .queries = 150}, 9);
  const RouterFit fit = fit_router(sample.view(), 2);
  const std::size_t m = sample.models, d = sample.dimensions;
  std::vector<float> vectors;
  std::vector<Outcomes::Outcome> outcomes;
  const auto first = std::span(sample.vectors).first(d);
  for (std::uint32_t q = 0; q < 60; ++q) {
    vectors.insert(vectors.end(), first.begin(), first.end());
    vectors[q * d] += 1e-4F * static_cast<float>(q + 1);
    for (std::uint32_t j = 0; j < 2; ++j) outcomes.push_back({q, j, 0});
  }
  const std::vector<std::uint32_t> task(60, kTaskOfNearest);
  const Router before = fit.router(sample.view());
  const UpdatedRouter after =
      update_router(before, {{vectors, d}, task, outcomes, m, sample.tasks}, {.threads = 2});
  ASSERT_TRUE(routes_queries(before));
  ASSERT_TRUE(routes_queries(after.router()));
  const std::vector<double> was = query_chances(before, first), is = query_chances(after.router(), first);
  for (std::size_t j = 2; j < m; ++j) EXPECT_LT(is[j], was[j]) << j;
}

}  // namespace
}  // namespace assay::route
