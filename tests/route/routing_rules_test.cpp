#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "assay/core/error.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "assay/route/routing_rule.h"
#include "tests/data/sample_folder.h"
#include "tests/reference/routing.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

TEST(PublishedRules, AreThoseOfTheReference) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const SampleBenchmark whole({.tasks = 5, .queries = 60, .unknown = seed >= 3 ? 0.1 : 0.0, .partial = seed == 4},
                                seed);
    const SampleBenchmark rest = whole.without(1);
    const std::vector<float> queries = whole.vectors_of(1);
    const RouterFit fit = fit_router(rest.view(), 2);
    const Router router = fit.router(rest.view());
    const TaskFeatures features = task_features(router, {queries, whole.dimensions}, {}, 2);
    const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
    RankingInput input{&router, &features, all};
    for (std::size_t k = 0; k < kNeighbours.size(); ++k) {
      input.neighbours = k;
      const reference::PublishedRules expected =
          reference::published_rules(rest.view(), queries, kNeighbours[k], fit.numbers.bandwidth);
      const Ranking s1 = rank_s1(input), s2 = rank_s2(input), s3 = rank_s3(input);
      for (std::size_t j = 0; j < all.size(); ++j) {
        EXPECT_NEAR(s1.values[j], expected.s1[j], 1e-9) << kNeighbours[k];
        EXPECT_NEAR(s2.values[j], expected.s2[j], 1e-9) << kNeighbours[k];
        EXPECT_NEAR(s3.values[j], expected.s3[j], 1e-6) << kNeighbours[k];
      }
    }
  }
}

class AssayRule : public testing::Test {
 protected:
  // Leaves out every task, and counts how often `assay` chose one of the subject's models, and how often it
  // abstained.
  struct Outcome {
    double accuracy = 0, average = 0, best = 0;
    std::size_t abstained = 0;
    std::size_t covered = 0, models = 0;
  };
  static Outcome leave_out_each(const SampleBenchmark& whole, std::size_t labelled = 0) {
    Outcome outcome;
    for (std::uint32_t t = 0; t < whole.tasks; ++t) {
      const SampleBenchmark rest = whole.without(t);
      const std::vector<float> queries = whole.vectors_of(t);
      const RouterFit fit = fit_router(rest.view(), 2);
      const Router router = fit.router(rest.view());
      std::vector<double> truth(whole.models, 0);
      std::vector<Correctness> cells;
      std::size_t count = 0;
      for (std::size_t i = 0; i < whole.task.size(); ++i) {
        if (whole.task[i] != t) continue;
        ++count;
        const auto row = whole.view().row(i);
        if (count <= labelled) cells.insert(cells.end(), row.begin(), row.end());
        for (std::size_t j = 0; j < whole.models; ++j) truth[j] += row[j].score();
      }
      for (double& value : truth) value /= static_cast<double>(count);
      const std::size_t d = whole.dimensions;
      const LabelledQueries known{cells, {std::span(queries).first(labelled * d), d}};
      const TaskFeatures features = task_features(router, {queries, d}, known, 2);
      std::vector<std::size_t> all(whole.models);
      for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
      const RankingInput input{&router, &features, all};
      const Ranking ranking = rank_assay(input);
      outcome.accuracy += truth[ranking.chosen];
      outcome.average += truth[rank_bma(input).chosen];
      outcome.best += truth[index_of_largest(truth)];
      outcome.abstained += ranking.abstained ? 1 : 0;
      for (std::size_t j = 0; j < all.size(); ++j) {
        outcome.covered += ranking.intervals[j].low <= truth[j] && truth[j] <= ranking.intervals[j].high ? 1 : 0;
        ++outcome.models;
      }
    }
    return outcome;
  }
};

TEST_F(AssayRule, FindsWhatSuitsTheTask) {
  const Outcome outcome = leave_out_each(SampleBenchmark({.tasks = 8, .queries = 100}, 3));
  EXPECT_EQ(outcome.abstained, 0U);
  EXPECT_GT(outcome.accuracy, outcome.average + 8 * 0.05) << "points gained over the best model on average";
  EXPECT_LT(outcome.best - outcome.accuracy, 8 * 0.06);
}

TEST_F(AssayRule, IntervalsHoldTheAccuracy) {
  std::size_t covered = 0, models = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Outcome outcome = leave_out_each(SampleBenchmark({.tasks = 8, .queries = 60}, seed));
    covered += outcome.covered;
    models += outcome.models;
  }
  EXPECT_GE(static_cast<double>(covered), 0.93 * static_cast<double>(models));
}

TEST_F(AssayRule, IntervalsHoldTheAccuracyWhereItAbstains) {
  // The models are alike, but the vectors say how hard a task is.
  std::size_t covered = 0, models = 0, abstained = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Outcome outcome =
        leave_out_each(SampleBenchmark({.tasks = 8, .queries = 60, .skill = 0, .hardness = 0.6}, seed));
    covered += outcome.covered;
    models += outcome.models;
    abstained += outcome.abstained;
  }
  EXPECT_GT(abstained, 16U);
  EXPECT_GE(static_cast<double>(covered), 0.93 * static_cast<double>(models));
}

TEST_F(AssayRule, AbstainsAndLosesNothingWhereVectorsSayNothing) {
  std::size_t abstained = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Outcome outcome = leave_out_each(SampleBenchmark({.tasks = 8, .queries = 60, .shuffled = true}, seed));
    abstained += outcome.abstained;
    EXPECT_GE(outcome.accuracy, outcome.average - 8 * 0.01) << seed;
  }
  EXPECT_GE(abstained, 4U * 8U / 2U);
}

TEST_F(AssayRule, AbstainsWhereModelsAreEqual) {
  std::size_t abstained = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    abstained += leave_out_each(SampleBenchmark({.tasks = 8, .queries = 60, .skill = 0}, seed)).abstained;
  }
  EXPECT_GE(abstained, 4U * 8U * 3U / 4U);
}

TEST_F(AssayRule, LabelledQueriesHelpWhereVectorsSayNothing) {
  const SampleBenchmark whole({.tasks = 8, .queries = 100, .shuffled = true}, 9);
  EXPECT_GT(leave_out_each(whole, 80).accuracy, leave_out_each(whole).accuracy + 8 * 0.03);
}

// Rankings of the first task by routers that know the others, with labels as `cell` says.
Ranking with_labels(std::size_t tasks,
                    const std::function<Correctness(std::size_t query, std::size_t model)>& cell) {
  const SampleBenchmark whole({.tasks = tasks, .queries = 60}, 5);
  const SampleBenchmark rest = whole.without(0);
  const std::vector<float> queries = whole.vectors_of(0);
  const RouterFit fit = fit_router(rest.view(), 1);
  const Router router = fit.router(rest.view());
  std::vector<Correctness> cells;
  for (std::size_t q = 0; q < 60; ++q) {
    for (std::size_t j = 0; j < whole.models; ++j) cells.push_back(cell(q, j));
  }
  const TaskFeatures features =
      task_features(router, {queries, whole.dimensions}, {cells, {queries, whole.dimensions}}, 1);
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  return rank_assay({&router, &features, all});
}

TEST_F(AssayRule, LabelsOfOneModelTellOfThatModel) {
  const Ranking none = with_labels(8, [](std::size_t, std::size_t) { return Correctness::kUnknown; });
  const Ranking one = with_labels(
      8, [](std::size_t, std::size_t model) { return model == 3 ? Correctness::kWrong : Correctness::kUnknown; });
  const auto fall = [&](std::size_t model) { return none.values[model] - one.values[model]; };
  EXPECT_GT(fall(3), 0.1);
  EXPECT_GT(fall(3), fall(0) + 0.05) << "it may not be the task alone";
}

TEST_F(AssayRule, LabelsCountWhereNothingElseIsKnown) {
  const Ranking ranking = with_labels(
      2, [](std::size_t, std::size_t model) { return model == 4 ? Correctness::kRight : Correctness::kWrong; });
  EXPECT_EQ(ranking.chosen, 4U) << "one task is left, of which nothing can be learnt";
  EXPECT_FALSE(ranking.abstained);
  EXPECT_GT(ranking.values[4], 0.9);
}

TEST_F(AssayRule, ATextInWhichNothingIsKnownIsNearToNothing) {
  const SampleBenchmark benchmark({.tasks = 6, .queries = 60}, 5);
  const RouterFit fit = fit_router(benchmark.view(), 1);
  const Router router = fit.router(benchmark.view());
  const std::vector<float> zeros(benchmark.dimensions, 0.0F);
  EXPECT_TRUE(router.neighbours(zeros, 10).empty());
  const std::vector<double> chances = query_chances(router, zeros);
  for (std::size_t j = 0; j < chances.size(); ++j) EXPECT_NEAR(chances[j], router.accuracy[j], 1e-12);
}

TEST_F(AssayRule, LearnsFromTwoTasksByTheirQueries) {
  double gained = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const Outcome outcome = leave_out_each(SampleBenchmark({.tasks = 3, .queries = 100}, seed));
    gained += outcome.accuracy - outcome.average;
  }
  EXPECT_GT(gained, 4 * 3 * 0.02) << "two tasks are left";
}

TEST_F(AssayRule, KnowsNothingFromOneTask) {
  EXPECT_EQ(leave_out_each(SampleBenchmark({.tasks = 2}, 2)).abstained, 2U) << "one task is left";
}

class Cheapest : public testing::Test {
 protected:
  Cheapest() : benchmark_({}, 4), fit_(fit_router(benchmark_.view(), 1)), router_(fit_.router(benchmark_.view())) {
    features_ = task_features(router_, {benchmark_.vectors, benchmark_.dimensions}, {}, 1);
  }
  std::string chosen(std::vector<double> cost, double within) const {
    const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
    const RankingInput input{&router_, &features_, all, {}, cost, within};
    const Ranking ranking = rank_cheapest(input);
    EXPECT_EQ(ranking.values, rank_assay(input).values) << "the values of models are not what they cost";
    return "model " + std::to_string(ranking.chosen);
  }
  std::string best() const {
    const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
    return "model " + std::to_string(rank_assay({&router_, &features_, all}).chosen);
  }

  SampleBenchmark benchmark_;
  RouterFit fit_;
  Router router_;
  TaskFeatures features_;
};

TEST_F(Cheapest, TakesTheCheapestOfAllWithinTheLimit) {
  EXPECT_EQ(chosen({5, 4, 3, 2, 1}, 1), "model 4");
  EXPECT_EQ(chosen({5, 1, 3, 2, 4}, 1), "model 1");
}

TEST_F(Cheapest, GivesNothingAwayAtZero) { EXPECT_EQ(chosen({5, 4, 3, 2, 1}, 0), best()); }

TEST_F(Cheapest, TakesTheBestWhereNoCostIsKnown) {
  const double unknown = std::nan("");
  EXPECT_EQ(chosen({unknown, unknown, unknown, unknown, unknown}, 1), best());
  EXPECT_EQ(chosen({}, 1), best());
}

TEST(Bma, CountsASmallTaskLikeALargeOne) {
  const SampleBenchmark whole({.tasks = 3, .queries = 60, .skill = 0.6}, 2);
  SampleBenchmark uneven({.tasks = 3, .queries = 0}, 1);  // 20, 20 and 60 queries
  std::array<std::size_t, 3> seen{};
  for (std::size_t i = 0; i < whole.task.size(); ++i) {
    if (++seen[whole.task[i]] > 20 && whole.task[i] < 2) continue;
    uneven.task.push_back(whole.task[i]);
    uneven.same_text.push_back(static_cast<std::uint32_t>(i));
    const std::span<const Correctness> row = whole.view().row(i);
    uneven.cells.insert(uneven.cells.end(), row.begin(), row.end());
    const std::span<const float> vector = whole.view().vectors.at(i);
    uneven.vectors.insert(uneven.vectors.end(), vector.begin(), vector.end());
  }
  const RouterFit fit = fit_router(uneven.view(), 1);
  const Router router = fit.router(uneven.view());
  const TaskFeatures features = task_features(router, uneven.view().vectors, {}, 1);
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  const Ranking ranking = rank_bma({&router, &features, all});
  for (std::size_t j = 0; j < all.size(); ++j) {
    double mean = 0;
    for (std::size_t t = 0; t < 3; ++t) mean += fit.task_accuracy[t * 5 + j] / 3;
    EXPECT_NEAR(ranking.values[j], mean, 1e-12);
    EXPECT_GT(std::abs(ranking.values[j] - router.accuracy[j]), 0.01) << "the average over queries is another one";
  }
}

TEST(RoutingRules, NamesWhatThereIs) {
  EXPECT_EQ(error_of([] { routing_rule("s4"); }),
            "unknown score \"s4\"; expected one of assay, s1, s2, s3, bma, cheapest, random, oracle");
}

TEST(RoutingRules, TheOracleNeedsTheTruth) {
  const SampleBenchmark benchmark({}, 1);
  const RouterFit fit = fit_router(benchmark.view(), 1);
  const Router router = fit.router(benchmark.view());
  const TaskFeatures features = task_features(router, {benchmark.vectors, benchmark.dimensions}, {}, 1);
  const std::vector<std::size_t> all = {0, 1};
  EXPECT_THROW(rank_oracle({&router, &features, all}), InvalidArgument);
}

}  // namespace
}  // namespace assay::route
