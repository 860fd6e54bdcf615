#include "assay/sim/route_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/route/accuracy.h"
#include "assay/sim/query_replay.h"
#include "tests/data/sample_folder.h"
#include "tests/route/sample_benchmark.h"

namespace assay::sim {
namespace {

class RouteReplayTest : public testing::Test {
 protected:
  explicit RouteReplayTest(const SampleBenchmark::Options& options = {.tasks = 7, .queries = 60},
                           std::uint64_t seed = 3)
      : benchmark_(options, seed), outcomes_(benchmark_.task.size(), benchmark_.models) {
    for (std::size_t i = 0; i < benchmark_.task.size(); ++i) {
      outcomes_.set_task(query_id(i), benchmark_.task[i]);
      for (std::size_t j = 0; j < benchmark_.models; ++j) {
        outcomes_.set(query_id(i), model_id(j), benchmark_.view().row(i)[j]);
      }
    }
    setup_.outcomes = &outcomes_;
    setup_.same_text = benchmark_.same_text;
    setup_.tasks = benchmark_.tasks;
    setup_.dimensions = benchmark_.dimensions;
    setup_.embed = [this](std::span<const std::size_t>) { return benchmark_.vectors; };
    setup_.threads = 2;
  }

  const TaskRouting& row(const RouteReplay& replay, const std::string& name) const {
    return *std::find_if(replay.rules.begin(), replay.rules.end(),
                         [&](const TaskRouting& one) { return one.name == name; });
  }
  const QueryRouting& query_row(const RouteReplay& replay, const std::string& name) const {
    return *std::find_if(replay.per_query.begin(), replay.per_query.end(),
                         [&](const QueryRouting& one) { return one.name == name; });
  }

  SampleBenchmark benchmark_;
  CorrectnessTable outcomes_;
  RouteReplaySetup setup_;
};

TEST_F(RouteReplayTest, AssayIsBetweenAverageAndOracle) {
  const RouteReplay result = replay(setup_);
  ASSERT_EQ(result.rules.size(), route::routing_rules().size());
  EXPECT_GT(row(result, "assay").gain.mean, 0.05);
  EXPECT_LE(row(result, "assay").accuracy.mean, row(result, "oracle").accuracy.mean);
  EXPECT_DOUBLE_EQ(row(result, "oracle").ratio_to_best.mean, 1);
  EXPECT_DOUBLE_EQ(row(result, "oracle").pearson.mean, 1);
  EXPECT_EQ(row(result, "bma").gain.mean, 0);
  EXPECT_EQ(row(result, "bma").share_bma.mean, 1);
  EXPECT_TRUE(std::isnan(row(result, "assay").mean_params.mean)) << "no size is known";
  EXPECT_GT(query_row(result, "assay").gain.mean, 0);
  EXPECT_EQ(query_row(result, "best-single").gain.mean, 0);
  EXPECT_EQ(query_row(result, "oracle").regret_to_oracle.mean, 0);
  EXPECT_LT(result.brier, result.brier_of_accuracy);
}

TEST_F(RouteReplayTest, CurvesGoFromTheBestToTheCheapest) {
  const std::vector<double> cost = {5, 4, 3, 2, 1};
  std::vector<double> dollars;
  for (std::size_t i = 0; i < outcomes_.queries(); ++i) {
    for (const double price : cost) dollars.push_back(price / 1000);
  }
  setup_.cost = cost;
  setup_.dollars = dollars;
  const RouteReplay result = replay(setup_);
  ASSERT_EQ(result.curves.size(), result.per_query.size() - 1);
  for (std::size_t i = 0; i < result.curves.size(); ++i) {
    const CostCurve& curve = result.curves[i];
    EXPECT_EQ(curve.name, result.per_query[i].name);
    EXPECT_NEAR(curve.points.front().accuracy.mean, result.per_query[i].accuracy.mean, 1e-6) << curve.name;
    EXPECT_NEAR(curve.points.back().accuracy.mean, query_row(result, "cheapest").accuracy.mean, 1e-6);
    EXPECT_NEAR(curve.points.back().dollars, 0.001, 1e-9);
    for (std::size_t at = 1; at < curve.points.size(); ++at) {
      EXPECT_LE(curve.points[at].dollars, curve.points[at - 1].dollars + 1e-9) << curve.name;
    }
  }
  EXPECT_GT(result.curves[0].area_gain.mean, 3 * result.curves[0].area_gain.se) << "assay";
  EXPECT_GE(result.curves[4].area.mean, result.curves[0].area.mean) << "the oracle";
  EXPECT_NEAR(query_row(result, "assay").dollars * 1000, query_row(result, "assay").cost, 1e-9);
  setup_.cost = {};
  EXPECT_TRUE(replay(setup_).curves.empty()) << "no price of a token";
}

TEST_F(RouteReplayTest, PartialCreditIsExpectedScore) {
  const SampleBenchmark made({.tasks = 4, .queries = 60, .partial = true}, 3);
  CorrectnessTable outcomes = CorrectnessTable::from(made.cells, made.task.size(), made.models, made.task);
  setup_.outcomes = &outcomes;
  setup_.same_text = made.same_text;
  setup_.tasks = made.tasks;
  setup_.embed = [&](std::span<const std::size_t>) { return made.vectors; };
  const RouteReplay result = replay(setup_);
  double best = 0, first = 0;
  for (std::size_t i = 0; i < made.task.size(); ++i) {
    double most = 0;
    for (const Correctness cell : made.view().row(i)) most = std::max(most, cell.score());
    best += most / static_cast<double>(made.task.size());
    first += made.view().row(i)[0].score() / static_cast<double>(made.task.size());
  }
  EXPECT_NEAR(query_row(result, "oracle").accuracy.mean, best, 1e-9);
  EXPECT_GT(query_row(result, "assay").accuracy.mean, first);
  EXPECT_GT(query_row(result, "assay").gain.mean, 3 * query_row(result, "assay").gain.se);
}

TEST_F(RouteReplayTest, IsTheSameWhateverTheThreads) {
  setup_.labelled = 5;
  setup_.pools = 10;
  setup_.pool_size = 3;
  setup_.pool_spread = 1;
  const RouteReplay two = replay(setup_);
  setup_.threads = 1;
  const RouteReplay one = replay(setup_);
  for (std::size_t i = 0; i < one.rules.size(); ++i) {
    EXPECT_EQ(one.rules[i].accuracy.mean, two.rules[i].accuracy.mean);
  }
  EXPECT_EQ(one.brier, two.brier);
  EXPECT_EQ(one.per_query[0].accuracy.mean, two.per_query[0].accuracy.mean);
}

TEST_F(RouteReplayTest, KeepsPoolsWhoseOracleIsWorthIt) {
  setup_.pools = 20;
  setup_.pool_size = 2;
  setup_.pool_spread = 1;
  setup_.pool_gap = 0.06;
  setup_.per_query = false;
  setup_.pools_by = PoolsBy::all_tasks;
  const RouteReplay result = replay(setup_);
  EXPECT_EQ(result.pools_drawn, 20U);
  EXPECT_GT(result.pools, 0U);
  EXPECT_LT(result.pools, 20U) << "two models of one subject are as good everywhere";
  EXPECT_TRUE(result.per_query.empty());
}

TEST_F(RouteReplayTest, WhoDoesNotKnowTheTaskDropsNoPool) {
  setup_.pools = 20;
  setup_.pool_size = 2;
  setup_.pool_spread = 1;
  setup_.pool_gap = 0.06;
  setup_.per_query = false;
  const RouteReplay result = replay(setup_);
  EXPECT_EQ(result.pools_drawn, 20U);
  EXPECT_EQ(result.pools, 20U);
}

// Two models, each right on one of two tasks: close to each other over both, far apart on either.
class PoolsOfTwoTasks : public RouteReplayTest {
 protected:
  PoolsOfTwoTasks() : RouteReplayTest({.tasks = 2, .queries = 20}, 3), two_(benchmark_.task.size(), 2) {
    for (std::size_t i = 0; i < benchmark_.task.size(); ++i) {
      two_.set_task(query_id(i), benchmark_.task[i]);
      for (std::size_t j = 0; j < 2; ++j) {
        two_.set(query_id(i), model_id(j), benchmark_.task[i] == j ? Correctness::kRight : Correctness::kWrong);
      }
    }
    setup_.outcomes = &two_;
    setup_.pools = 3;
    setup_.pool_size = 2;
    setup_.pool_spread = 0.1;
    setup_.per_query = false;
  }
  CorrectnessTable two_;
};

TEST_F(PoolsOfTwoTasks, AreDrawnWithoutALookAtTheLeftOutTask) {
  EXPECT_EQ(error_of([&] { replay(setup_); }), "no 2 models have accuracies within 10 points of each other");
}

TEST_F(PoolsOfTwoTasks, ATaskWhoseOthersLeaveNoPoolIsLeftOut) {
  // Half of the second task becomes a third, of which both models are right: without it they are as good as each
  // other.
  for (std::size_t i = 30; i < 40; ++i) {
    two_.set_task(query_id(i), 2);
    for (std::size_t j = 0; j < 2; ++j) two_.set(query_id(i), model_id(j), Correctness::kRight);
  }
  for (std::size_t i = 10; i < 20; ++i) two_.set_task(query_id(i), 2);
  for (std::size_t i = 10; i < 20; ++i) two_.set(query_id(i), model_id(1), Correctness::kRight);
  setup_.tasks = 3;
  const RouteReplay result = replay(setup_);
  EXPECT_EQ(result.tasks_without_pools, 2U);
  EXPECT_EQ(row(result, "oracle").accuracy.mean, 1) << "that of the third task";
  EXPECT_TRUE(std::isnan(row(result, "oracle").accuracy.se));
}

TEST_F(PoolsOfTwoTasks, OrByAllTasks) {
  setup_.pools_by = PoolsBy::all_tasks;
  EXPECT_EQ(replay(setup_).pools, 3U);
}

TEST_F(RouteReplayTest, PoolsOfSingleQueriesAreThoseOfEachHalf) {
  std::vector<std::vector<double>> known;
  RouteReplay result;
  replay_queries(
      setup_,
      [&](std::span<const double> accuracy) {
        known.emplace_back(accuracy.begin(), accuracy.end());
        return ModelPools{{known.size()}};  // another model for each half
      },
      result);
  ASSERT_EQ(known.size(), 2U);
  EXPECT_NE(known[0], known[1]);
  // Of one model each there is nothing to choose.
  EXPECT_EQ(query_row(result, "assay").gain.mean, 0);
  EXPECT_EQ(query_row(result, "assay").accuracy.mean, query_row(result, "oracle").accuracy.mean);
  route::AccuracySum sum(outcomes_.models());
  for (std::size_t i = 0; i < outcomes_.queries(); ++i) sum.add(outcomes_.row(query_id(i)));
  for (std::size_t j = 0; j < outcomes_.models(); ++j) {
    const double all = sum.shares()[j];
    EXPECT_LE(std::min(known[0][j], known[1][j]), all);
    EXPECT_GE(std::max(known[0][j], known[1][j]), all);
  }
}

TEST_F(RouteReplayTest, EachNumberOfNeighboursIsARow) {
  setup_.each_neighbours = true;
  setup_.per_query = false;
  const RouteReplay result = replay(setup_);
  EXPECT_EQ(result.rules.size(), route::routing_rules().size() + 3 * route::kNeighbours.size());
  EXPECT_GT(row(result, "s1 k=10").accuracy.mean, 0);
}

TEST_F(RouteReplayTest, NothingOfTheLeftOutTaskIsSeen) {
  // The embedding sees the training queries alone, and no text of theirs is one of the task's.
  benchmark_.same_text[0] = benchmark_.same_text[100];  // of tasks 0 and 1
  std::size_t calls = 0;
  setup_.per_query = false;
  setup_.embed = [&](std::span<const std::size_t> training) {
    const std::uint32_t task = static_cast<std::uint32_t>(calls++);
    for (const std::size_t i : training) EXPECT_NE(benchmark_.task[i], task);
    if (task < 2) {
      EXPECT_EQ(std::count(training.begin(), training.end(), task == 0 ? 100U : 0U), 0);
    }
    return benchmark_.vectors;
  };
  replay(setup_);
  EXPECT_EQ(calls, benchmark_.tasks);
}

TEST_F(RouteReplayTest, RefusesWhatCanNotBeDone) {
  setup_.labelled = 60;
  EXPECT_EQ(error_of([&] { replay(setup_); }),
            "expected fewer labelled queries than the 60 of the smallest task, came 60");
  setup_.labelled = 0;
  setup_.per_query = false;
  setup_.tasks = 1;
  EXPECT_EQ(error_of([&] { replay(setup_); }), "leaving out a task takes two tasks at least, came 1");
}

TEST_F(RouteReplayTest, WithOneTaskSingleQueriesAreRouted) {
  const SampleBenchmark made({.tasks = 1, .queries = 200}, 3);
  const CorrectnessTable outcomes = CorrectnessTable::from(made.cells, made.task.size(), made.models, made.task);
  setup_.outcomes = &outcomes;
  setup_.same_text = made.same_text;
  setup_.tasks = 1;
  setup_.embed = [&](std::span<const std::size_t>) { return made.vectors; };
  const RouteReplay result = replay(setup_);
  EXPECT_TRUE(result.rules.empty());
  EXPECT_TRUE(std::isnan(result.abstained));
  EXPECT_FALSE(std::isnan(query_row(result, "assay").accuracy.mean));
}

class UnknownCells : public RouteReplayTest {
 protected:
  UnknownCells() : RouteReplayTest({.tasks = 5, .queries = 40, .unknown = 0.3}, 5) {}
};

TEST_F(UnknownCells, AreNoTrouble) {
  for (std::size_t i = 0; i < 40; ++i) outcomes_.set(query_id(i), model_id(2), Correctness::kUnknown);
  const RouteReplay result = replay(setup_);
  EXPECT_TRUE(std::isfinite(row(result, "assay").accuracy.mean));
  EXPECT_TRUE(std::isfinite(result.brier));
}

}  // namespace
}  // namespace assay::sim
