#include "assay/app/router_guard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "assay/core/rng.h"
#include "assay/route/fit.h"
#include "assay/route/query_routing.h"
#include "tests/route/sample_benchmark.h"

namespace assay::app {
namespace {

TEST(SplitForGuard, NoTextIsOnBothSidesAndATaskKeepsAQuery) {
  Rng rng(1);
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> task;
  for (std::size_t i = 0; i < 2000; ++i) {
    keys.push_back(rng.below(900));
    task.push_back(static_cast<std::uint32_t>(i % 7));
  }
  for (std::uint32_t t = 7; t < 40; ++t) {  // tasks of one query each
    keys.push_back(10'000 + t);
    task.push_back(t);
  }
  const GuardSplit split = split_for_guard(keys, task, 40);
  std::set<std::uint64_t> fitted, held_out;
  std::set<std::uint32_t> tasks;
  for (const std::size_t i : split.fitted) {
    fitted.insert(keys[i]);
    tasks.insert(task[i]);
  }
  for (const std::size_t i : split.held_out) {
    EXPECT_FALSE(fitted.contains(keys[i]));
    EXPECT_TRUE(held_out.insert(keys[i]).second) << "one query of each text";
  }
  EXPECT_EQ(tasks.size(), 40U);
  EXPECT_TRUE(std::ranges::is_sorted(split.fitted));
  EXPECT_NEAR(static_cast<double>(held_out.size()) / 900, 0.2, 0.05);
}

TEST(HeldOutRoutings, AreWhatTheRouterWouldDo) {
  const SampleBenchmark whole({.tasks = 6, .queries = 100}, 3);
  std::vector<std::size_t> fitted, held_out;
  for (std::size_t i = 0; i < whole.task.size(); ++i) (i % 5 == 0 ? held_out : fitted).push_back(i);
  const FittedPart part(whole.view(), fitted);
  const route::RouterFit fit = route::fit_router(part.view(), 1);
  const route::Router router = fit.router(part.view());
  ASSERT_TRUE(route::routes_queries(router));
  const auto routings = held_out_routings(router, whole.view(), held_out, {}, 0, 2);
  ASSERT_EQ(routings.size(), held_out.size());
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  double gain = 0;
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    const std::vector<double> chances = route::query_chances(router, whole.view().vectors.at(held_out[i]));
    const route::QueryChoice choice = route::route_query(router, chances, all, {}, 0);
    EXPECT_DOUBLE_EQ(routings[i].margin, choice.margin);
    const auto score = [&](std::size_t model) {
      return whole.view().row(held_out[i])[model] == Correctness::kRight ? 1.0 : 0.0;
    };
    EXPECT_DOUBLE_EQ(routings[i].gain, score(choice.chosen) - score(choice.single));
    gain += routings[i].gain;
  }
  EXPECT_GT(gain, 0) << "models are good at one of two subjects";
}

TEST(HeldOutRoutings, WhatIsUnknownCountsAgainstRouting) {
  SampleBenchmark whole({.tasks = 6, .queries = 100}, 3);
  std::vector<std::size_t> fitted, held_out;
  for (std::size_t i = 0; i < whole.task.size(); ++i) (i % 5 == 0 ? held_out : fitted).push_back(i);
  const FittedPart part(whole.view(), fitted);
  const route::RouterFit fit = route::fit_router(part.view(), 1);
  for (const std::size_t i : held_out) {
    for (std::size_t j = 0; j < whole.models; ++j) whole.cells[i * whole.models + j] = Correctness::kUnknown;
  }
  for (const auto& routing : held_out_routings(fit.router(part.view()), whole.view(), held_out, {}, 0, 1)) {
    EXPECT_EQ(routing.gain, routing.margin > 0 ? -1 : 0);
  }
}

TEST(Guarded, RouterAsksTheBestSingleModelBelowTheMargin) {
  const SampleBenchmark whole({.tasks = 6, .queries = 100}, 3);
  const route::RouterFit fit = route::fit_router(whole.view(), 1);
  route::Router router = fit.router(whole.view());
  const std::vector<std::size_t> all = {0, 1, 2, 3, 4};
  const auto away = [&] {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      const auto choice =
          route::route_query(router, route::query_chances(router, whole.view().vectors.at(7 * i)), all, {}, 0);
      count += choice.chosen == choice.single ? 0 : 1;
    }
    return count;
  };
  const std::size_t free = away();
  router.guard = route::Guard{.routes = true, .margin = 0.1};
  const std::size_t guarded = away();
  router.guard->routes = false;
  EXPECT_GT(free, guarded);
  EXPECT_GT(guarded, 0U);
  EXPECT_EQ(away(), 0U);
}

}  // namespace
}  // namespace assay::app
