#include "assay/route/fit.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "assay/core/error.h"
#include "assay/route/ridge.h"
#include "assay/route/search_index.h"
#include "tests/data/sample_folder.h"
#include "tests/reference/routing.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

TEST(RouterFit, IsTheSameWhateverTheThreads) {
  const SampleBenchmark benchmark({.unknown = 0.1}, 8);
  const RouterFit one = fit_router(benchmark.view(), 1);
  const RouterFit four = fit_router(benchmark.view(), 4);
  EXPECT_EQ(one.task_ridge.weights, four.task_ridge.weights);
  EXPECT_EQ(one.query_ridge.weights, four.query_ridge.weights);
  EXPECT_EQ(one.distance, four.distance);
  EXPECT_EQ(one.numbers.task.weights, four.numbers.task.weights);
  EXPECT_EQ(one.numbers.query.skill, four.numbers.query.skill);
}

TEST(RouterFit, TellsHowMuchTheVectorsSay) {
  const RouterFit says = fit_router(SampleBenchmark({}, 1).view(), 2);
  EXPECT_GT(says.numbers.task.skill, kLeastTaskSkill);
  EXPECT_GT(says.numbers.query.skill, kLeastQuerySkill);
  const RouterFit silent = fit_router(SampleBenchmark({.shuffled = true}, 1).view(), 2);
  EXPECT_LT(silent.numbers.query.skill, kLeastQuerySkill);
}

TEST(RouterFit, EqualTextsNeverTellOfEachOther) {
  // Every query stands there twice, in two tasks. Vectors are unique to a text, so the twin would give all away.
  SampleBenchmark benchmark({.tasks = 4, .queries = 30, .shuffled = true}, 6);
  const std::size_t half = benchmark.task.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    benchmark.same_text[half + i] = static_cast<std::uint32_t>(i);
    for (std::size_t p = 0; p < benchmark.dimensions; ++p) {
      benchmark.vectors[(half + i) * benchmark.dimensions + p] = benchmark.vectors[i * benchmark.dimensions + p];
    }
    for (std::size_t j = 0; j < benchmark.models; ++j) {
      benchmark.cells[(half + i) * benchmark.models + j] = benchmark.cells[i * benchmark.models + j];
    }
  }
  const RouterFit fit = fit_router(benchmark.view(), 2);
  for (const double distance : fit.distance) EXPECT_GT(distance, 1e-3) << "a twin is at distance 0";
  for (const double right : fit.reliability) EXPECT_LT(right, 0.95);
  EXPECT_LT(fit.numbers.task.skill, 2 * kLeastTaskSkill) << "nor to the ridge";
  EXPECT_LT(fit.numbers.task.weights[1], 2);
}

TEST(RouterFit, LearnsFromQueriesOfWhichFewModelsAreKnown) {
  const double all =
      fit_router(SampleBenchmark({.tasks = 6, .queries = 300}, 1).view(), 2).numbers.query.weights[0];
  const SampleBenchmark sparse({.tasks = 6, .queries = 300, .unknown = 0.5}, 1);
  const StackingWeights half = fit_router(sparse.view(), 2).numbers.query;
  EXPECT_GT(half.skill, kLeastQuerySkill);
  EXPECT_GT(half.weights[0], 0.5 * all) << "weights do not fall with what is missing";
}

TEST(RouterFit, TakesTheNumberOfNeighboursThatIsGiven) {
  const SampleBenchmark benchmark({.tasks = 4, .queries = 100}, 3);
  const RoutingNumbers chosen = fit_router(benchmark.view(), 2).numbers;
  for (std::size_t k = 0; k < kVotes; ++k) {
    const RoutingNumbers given = fit_router(benchmark.view(), 2, {}, k).numbers;
    EXPECT_EQ(given.query_neighbours, k);
    if (k != chosen.query_neighbours) continue;
    EXPECT_EQ(given.query.weights, chosen.query.weights);
    EXPECT_EQ(given.query_penalty, chosen.query_penalty);
  }
  EXPECT_EQ(error_of([&] { fit_router(benchmark.view(), 2, {}, kVotes); }),
            "expected a position in the list of numbers of neighbours");
}

TEST(RouterFit, SurvivesLittle) {
  const SampleBenchmark one({.tasks = 1, .queries = 1, .models = 1}, 1);
  const RouterFit fit = fit_router(one.view(), 1);
  EXPECT_EQ(fit.accuracy.size(), 1U);
  EXPECT_EQ(fit.numbers.task.skill, 0);
  SampleBenchmark sparse({.tasks = 3, .queries = 5, .unknown = 0.9}, 2);
  sparse.cells[0] = Correctness::kRight;
  EXPECT_NO_THROW(fit_router(sparse.view(), 1));
}

TEST(RouterFit, RefusesWhatDoesNotFit) {
  SampleBenchmark benchmark({}, 1);
  benchmark.same_text.pop_back();
  EXPECT_EQ(error_of([&] { fit_router(benchmark.view(), 1); }), "the parts of the benchmark do not fit together");
  SampleBenchmark unknown({}, 1);
  std::fill(unknown.cells.begin(), unknown.cells.end(), Correctness::kUnknown);
  EXPECT_EQ(error_of([&] { fit_router(unknown.view(), 1); }),
            "it is not known of any model and query whether the answer is right");
  EXPECT_EQ(error_of([] { fit_router({}, 1); }), "the parts of the benchmark do not fit together");
}

TEST(Ridge, IsThatOfTheReference) {
  for (const bool partial : {false, true}) {
    const SampleBenchmark benchmark({.tasks = 3, .queries = 50, .partial = partial}, 4);
    const std::vector<std::uint32_t> one(benchmark.task.size(), 0);
    const std::vector<RidgeFit> fits = fit_ridge(ridge_sums(benchmark.view(), one, 1, 2)[0], std::array{0.5, 20.0});
    for (std::size_t f = 0; f < 2; ++f) {
      for (std::size_t j = 0; j < benchmark.models; ++j) {
        const std::vector<double> expected = reference::ridge(benchmark.view(), j, f == 0 ? 0.5 : 20.0);
        for (std::size_t p = 0; p < benchmark.dimensions; ++p) {
          EXPECT_NEAR(fits[f].weights[p * benchmark.models + j], expected[p], 1e-4);
        }
      }
    }
  }
}

TEST(Ridge, SumsWithoutAGroupAreThoseOfTheOthers) {
  const SampleBenchmark benchmark({.tasks = 3, .queries = 20, .unknown = 0.2}, 5);
  const std::vector<RidgeSums> of_tasks = ridge_sums(benchmark.view(), benchmark.task, 3, 1);
  RidgeSums without = of_tasks[0];
  without.add(of_tasks[1]);
  without.add(of_tasks[2]);
  without.add(of_tasks[1], -1);
  const SampleBenchmark rest = benchmark.without(1);
  const std::vector<std::uint32_t> one(rest.task.size(), 0);
  const RidgeSums expected = ridge_sums(rest.view(), one, 1, 1)[0];
  EXPECT_EQ(without.known, expected.known);
  for (std::size_t i = 0; i < expected.gram.size(); ++i) EXPECT_NEAR(without.gram[i], expected.gram[i], 1e-4);
  for (std::size_t i = 0; i < expected.product.size(); ++i) {
    EXPECT_NEAR(without.product[i], expected.product[i], 1e-4);
  }
}

TEST(SearchIndex, GrowsWithTheVectors) {
  EXPECT_EQ(index_kind(1000), IndexKind::none);
  EXPECT_EQ(index_kind(5000), IndexKind::codes);
  EXPECT_EQ(index_kind(100'000), IndexKind::codes) << "an exact search is fast enough";
  EXPECT_EQ(index_kind(1'000'000), neighbours::can_build_graphs() ? IndexKind::graph : IndexKind::codes);
}

TEST(SearchIndex, IsOfItsKind) {
  std::vector<float> values(2 * 5000, 0.0F);
  for (std::size_t i = 0; i < 5000; ++i) values[2 * i] = 1;
  const std::span<const float> all(values);
  EXPECT_FALSE(build_index({all.first(2 * 1000), 2}).codes);
  EXPECT_EQ(build_index({all, 2}).codes->scales.size(), 5000U);
  EXPECT_FALSE(build_index({all, 2}).graph);
}

}  // namespace
}  // namespace assay::route
