#include "assay/route/update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/route/held_out.h"
#include "assay/route/neighbour_vote.h"
#include "assay/route/query_routing.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
namespace {

// The queries of a benchmark that come first, and the others as outcomes.
struct Halves {
  explicit Halves(const SampleBenchmark& whole, std::size_t of_three = 2) : all(whole), models(whole.models) {
    for (std::size_t i = 0; i < whole.task.size(); ++i) {
      const auto vector = std::span(whole.vectors).subspan(i * whole.dimensions, whole.dimensions);
      const auto row = std::span(whole.cells).subspan(i * models, models);
      if (i % 3 < of_three) {
        cells.insert(cells.end(), row.begin(), row.end());
        task.push_back(whole.task[i]);
        same_text.push_back(whole.same_text[i]);
        vectors.insert(vectors.end(), vector.begin(), vector.end());
        continue;
      }
      for (std::uint32_t j = 0; j < models; ++j) {
        if (!row[j].known()) continue;
        outcomes.push_back({static_cast<std::uint32_t>(later_task.size()), j, row[j].score()});
      }
      later_task.push_back(whole.task[i]);
      later.insert(later.end(), vector.begin(), vector.end());
    }
  }
  BenchmarkView first() const { return {cells, task, same_text, models, all.tasks, {vectors, all.dimensions}}; }
  Outcomes rest() const { return {{later, all.dimensions}, later_task, outcomes, models, all.tasks}; }

  const SampleBenchmark& all;
  std::size_t models;
  std::vector<Correctness> cells;
  std::vector<std::uint32_t> task, same_text, later_task;
  std::vector<float> vectors, later;
  std::vector<Outcomes::Outcome> outcomes;
};

void expect_near(std::span<const double> a, std::span<const double> b, double within) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    EXPECT_NEAR(a[i], b[i], within) << i;
  }
}

// All that is made anew is what a fit of all queries makes; what is of new tasks is what the fit of the first ones
// made.
TEST(RouterUpdate, HasWhatAFitOfAllHas) {
  const SampleBenchmark whole({.tasks = 4, .queries = 120, .unknown = 0.1}, 1);
  const Halves halves(whole);
  const RouterFit first = fit_router(halves.first(), 2), all = fit_router(whole.view(), 2);
  const Router before = first.router(halves.first());
  const UpdatedRouter after = update_router(before, halves.rest(), {.threads = 2});
  EXPECT_EQ(after.new_queries, halves.later_task.size());
  EXPECT_EQ(after.filled, halves.outcomes.size());
  EXPECT_EQ(after.changed, 0U);
  expect_near(after.fit.accuracy, all.accuracy, 1e-9);
  expect_near(after.fit.task_accuracy, all.task_accuracy, 1e-9);
  expect_near(after.fit.task_known, all.task_known, 0);
  expect_near(after.fit.task_ridge.weights, all.task_ridge.weights, 1e-4);
  // Queries stand in another order there, and with it the folds: so a fit of the very same ones.
  const RouterFit same = fit_router(after.benchmark(), 2);
  EXPECT_EQ(after.fit.numbers.query.weights, same.numbers.query.weights);
  EXPECT_NEAR(after.fit.numbers.query.skill, same.numbers.query.skill, 0.01)
      << "that counts queries of one model, too";
  EXPECT_EQ(after.fit.numbers.query_neighbours, same.numbers.query_neighbours);
  EXPECT_EQ(after.fit.numbers.query_penalty, same.numbers.query_penalty);
  EXPECT_NE(after.fit.numbers.query.weights, first.numbers.query.weights);
  expect_near(after.fit.query_ridge.weights, same.query_ridge.weights, 1e-9);
  EXPECT_NEAR(after.fit.numbers.query_spread, all.numbers.query_spread, 1e-9);
  EXPECT_EQ(after.fit.numbers.task.weights, first.numbers.task.weights);
  EXPECT_EQ(after.fit.reliability, first.reliability);
  // And it routes nearly as the fit of all does.
  const Router updated = after.router(), refit = all.router(whole.view());
  const double unlike = [&] {
    double sum = 0;
    for (std::size_t i = 0; i < whole.task.size(); ++i) {
      const auto vector = std::span(whole.vectors).subspan(i * whole.dimensions, whole.dimensions);
      const std::vector<double> a = query_chances(updated, vector), b = query_chances(refit, vector);
      for (std::size_t j = 0; j < a.size(); ++j) sum += std::abs(a[j] - b[j]);
    }
    return sum / static_cast<double>(whole.cells.size());
  }();
  EXPECT_LT(unlike, 0.05);
}

// Outcomes of one model each tell nothing of which model suits a query: weights stay, and the ridge is shrunken as
// much as it was.
TEST(RouterUpdate, OutcomesOfOneModelKeepTheWeights) {
  const SampleBenchmark whole({.tasks = 3, .queries = 45, .hardness = 0.3}, 4);
  const Halves halves(whole);  // 90 queries of which all is known
  const RouterFit first = fit_router(halves.first(), 1);
  std::vector<Outcomes::Outcome> outcomes;
  for (const Outcomes::Outcome& one : halves.outcomes) {
    if (one.model == one.query % halves.models) outcomes.push_back(one);
  }
  Outcomes rest = halves.rest();
  rest.outcomes = outcomes;
  const UpdatedRouter after = update_router(first.router(halves.first()), rest);
  EXPECT_EQ(after.task.size(), 135U);
  EXPECT_EQ(after.fit.numbers.query.weights, first.numbers.query.weights);
  EXPECT_EQ(after.fit.numbers.query_neighbours, first.numbers.query_neighbours);
  EXPECT_NEAR(after.fit.numbers.query_penalty, 1.5 * first.numbers.query_penalty, 1e-9);
}

TEST(RouterUpdate, LeavesOutQueriesThatTellModelsApart) {
  SampleBenchmark sample({.tasks = 3, .queries = 40}, 10);
  const std::vector<HeldOutQuery> of_fit = leave_out(sample.view(), 1).queries;
  const std::vector<HeldOutQuery> alone = leave_out_queries(sample.view(), 120, 1);
  ASSERT_EQ(alone.size(), of_fit.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone[i].query, of_fit[i].query);
    EXPECT_EQ(alone[i].votes, of_fit[i].votes);
    EXPECT_EQ(alone[i].ridge, of_fit[i].ridge);
  }
  for (std::size_t j = 1; j < sample.models; ++j) sample.cells[7 * sample.models + j] = Correctness::kUnknown;
  EXPECT_TRUE(leave_out_queries(sample.view(), 120, 1).empty());
  const std::vector<HeldOutQuery> without = leave_out_queries(sample.view(), 119, 1);
  EXPECT_EQ(without.size(), 119U);
  EXPECT_TRUE(std::ranges::none_of(without, [](const HeldOutQuery& one) { return one.query == 7; }));
}

TEST(RouterUpdate, OutcomesOfKnownPromptsFillCellsOrAreMoreQueries) {
  const SampleBenchmark sample({.tasks = 3, .queries = 30, .unknown = 0.3}, 2);
  const RouterFit fit = fit_router(sample.view(), 1);
  const std::size_t unknown = static_cast<std::size_t>(
      std::find(sample.cells.begin(), sample.cells.end(), Correctness::kUnknown) - sample.cells.begin());
  const auto query = unknown / sample.models;
  const auto model = static_cast<std::uint32_t>(unknown % sample.models);
  std::vector<float> vectors;
  for (int copy = 0; copy < 3; ++copy) {
    const auto begin = sample.vectors.begin() + static_cast<std::ptrdiff_t>(query * sample.dimensions);
    vectors.insert(vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(sample.dimensions));
  }
  const std::vector<std::uint32_t> task(3, kTaskOfNearest);
  const std::vector<Outcomes::Outcome> outcomes = {{0, model, 1, 5}, {1, model, 0, 9}, {2, model, 1, 7}};
  const Outcomes told{{vectors, sample.dimensions}, task, outcomes, sample.models, sample.tasks};
  const UpdatedRouter after = update_router(fit.router(sample.view()), told);
  EXPECT_EQ(after.new_queries, 2U) << "the first fills the cell, the others are queries of the same text";
  EXPECT_EQ(after.filled, 3U);
  EXPECT_EQ(after.cells[unknown], Correctness::kRight);
  EXPECT_EQ(after.times[unknown], 5U);
  EXPECT_EQ(after.same_text.back(), sample.same_text[query]);
  EXPECT_EQ(after.task.back(), sample.task[query]);
  const std::size_t other = unknown == 0 ? 1 : 0;
  if (after.cells[other] != Correctness::kUnknown) {
    EXPECT_EQ(after.times[other], 9U) << "what was there is as new as the newest";
  }
  const UpdatedRouter again = update_router(after.router(), told);
  EXPECT_EQ(again.new_queries, 0U) << "told again";
  EXPECT_EQ(again.changed, 3U);
  EXPECT_EQ(again.cells, after.cells);
}

TEST(RouterUpdate, ANewPromptBelongsToTheTaskOfTheNearest) {
  const SampleBenchmark sample({.tasks = 4, .queries = 50}, 3);
  const RouterFit fit = fit_router(sample.view(), 1);
  const Router before = fit.router(sample.view());
  std::vector<float> vector(sample.vectors.begin(),
                            sample.vectors.begin() + static_cast<std::ptrdiff_t>(sample.dimensions));
  vector[0] += 1e-3F;
  const std::vector<std::uint32_t> task = {kTaskOfNearest};
  const std::vector<Outcomes::Outcome> outcomes = {{0, 0, 1}};
  const UpdatedRouter after =
      update_router(before, {{vector, sample.dimensions}, task, outcomes, sample.models, sample.tasks});
  EXPECT_EQ(after.new_queries, 1U);
  EXPECT_EQ(after.task.back(), sample.task[before.neighbours(vector, 1)[0].index]);
  EXPECT_TRUE(after.times.empty()) << "nobody told a time";
}

// A model with few outcomes, on prompts that the others answered: nearer than the share of its right answers.
TEST(RouterUpdate, PlacesANewModelByFewOutcomes) {
  double squares = 0, naive_squares = 0, wide = 0;
  constexpr int kRuns = 40;
  for (int run = 0; run < kRuns; ++run) {
    const SampleBenchmark whole({.tasks = 4, .queries = 200, .models = 6, .skill = 0.2, .hardness = 0.5},
                                static_cast<std::uint64_t>(run));
    std::vector<Correctness> cells;  // without the last model
    double truth = 0;
    for (std::size_t i = 0; i < whole.task.size(); ++i) {
      for (std::size_t j = 0; j < 5; ++j) cells.push_back(whole.cells[i * 6 + j]);
      truth += whole.cells[i * 6 + 5] == Correctness::kRight ? 1.0 / static_cast<double>(whole.task.size()) : 0;
    }
    const BenchmarkView view{cells, whole.task, whole.same_text, 5, whole.tasks, {whole.vectors, whole.dimensions}};
    RouterFit fit;  // what an update does not make anew may be anything
    fit.accuracy.assign(5, 0.5);
    fit.task_accuracy.assign(whole.tasks * 5, 0.5);
    fit.task_known.assign(whole.tasks * 5, 1);
    fit.reliability.assign(kVotes * whole.tasks * 5, 0.5);
    fit.distance.assign(kVotes * whole.tasks, 0.5);
    Rng rng(static_cast<std::uint64_t>(run) + 1000);
    std::vector<float> vectors;
    std::vector<std::uint32_t> task;
    std::vector<Outcomes::Outcome> outcomes;
    double right = 0;
    for (std::uint32_t k = 0; k < 40; ++k) {
      const std::size_t i = rng.below(whole.task.size());
      const auto begin = whole.vectors.begin() + static_cast<std::ptrdiff_t>(i * whole.dimensions);
      vectors.insert(vectors.end(), begin, begin + static_cast<std::ptrdiff_t>(whole.dimensions));
      task.push_back(kTaskOfNearest);
      outcomes.push_back({k, 5, whole.cells[i * 6 + 5].score()});
      right += outcomes.back().score;
    }
    const UpdatedRouter after =
        update_router(fit.router(view), {{vectors, whole.dimensions}, task, outcomes, 6, whole.tasks});
    ASSERT_EQ(after.standing.size(), 6U);
    const double error = after.standing[5].accuracy - truth, naive = right / 40 - truth;
    squares += error * error;
    naive_squares += naive * naive;
    wide += std::abs(error) > 1.96 * after.standing[5].error ? 1 : 0;
  }
  EXPECT_LT(squares, 0.8 * naive_squares);
  EXPECT_LE(wide / kRuns, 0.2) << "its interval holds about as often as it says";
}

TEST(RouterUpdate, OneRightAnswerNearByDoesNotMakeAModelTheBest) {
  const SampleBenchmark sample({.tasks = 4, .queries = 150}, 5);
  const RouterFit fit = fit_router(sample.view(), 1);
  const std::vector<float> vector(sample.vectors.begin(),
                                  sample.vectors.begin() + static_cast<std::ptrdiff_t>(sample.dimensions));
  const std::vector<std::uint32_t> task = {kTaskOfNearest};
  const std::vector<Outcomes::Outcome> outcomes = {{0, static_cast<std::uint32_t>(sample.models), 1}};
  const UpdatedRouter after = update_router(
      fit.router(sample.view()), {{vector, sample.dimensions}, task, outcomes, sample.models + 1, sample.tasks});
  const Router router = after.router();
  ASSERT_TRUE(routes_queries(router));
  const std::vector<double> chances = query_chances(router, vector);
  EXPECT_LT(chances.back(), *std::max_element(chances.begin(), chances.end() - 1));
}

TEST(RouterUpdate, CautiousVotesAreThoseOfVoteWhereAllIsKnown) {
  const SampleBenchmark sample({.tasks = 3, .queries = 60}, 6);
  const RouterFit fit = fit_router(sample.view(), 1);
  const Router router = fit.router(sample.view());
  std::vector<double> votes(kVotes * sample.models), cautious(sample.models);
  for (std::size_t i = 0; i < 20; ++i) {
    const auto vector = std::span(sample.vectors).subspan(i * sample.dimensions, sample.dimensions);
    const std::vector<neighbours::Neighbour> near = router.neighbours(vector, kMostNeighbours);
    vote(sample.view(), {}, near, fit.accuracy, votes);
    for (std::size_t k = 0; k < kVotes; ++k) {
      cautious_vote(sample.view(), near, kNeighbours[k], fit.accuracy, cautious);
      for (std::size_t j = 0; j < sample.models; ++j) EXPECT_EQ(cautious[j], votes[k * sample.models + j]);
    }
  }
  cautious_vote(sample.view(), {}, 10, fit.accuracy, cautious);
  EXPECT_EQ(cautious, fit.accuracy);
}

TEST(RouterUpdate, AfterAHalfLifeHalfOfTheOutcomesAreLeft) {
  const SampleBenchmark whole({.tasks = 4, .queries = 300}, 7);
  const Halves halves(whole);
  const RouterFit fit = fit_router(halves.first(), 2);
  std::vector<Outcomes::Outcome> outcomes = halves.outcomes;
  // The first outcome is as old as the benchmark is taken to be, the others are of today.
  constexpr Seconds kDay = 86'400;
  for (Outcomes::Outcome& one : outcomes) one.time = 100 * kDay;
  outcomes[0].time = 70 * kDay;
  Outcomes first = halves.rest(), rest = halves.rest();
  first.outcomes = std::span(outcomes).first(1);
  rest.outcomes = std::span(outcomes).subspan(1);
  const UpdateOptions options{.half_life_days = 30, .threads = 2};
  const UpdatedRouter dated = update_router(fit.router(halves.first()), first, options);
  EXPECT_EQ(dated.forgotten, 0U);
  const UpdatedRouter after = update_router(dated.router(), rest, options);
  const auto before = static_cast<double>(halves.cells.size());
  EXPECT_NEAR(static_cast<double>(after.forgotten) / before, 0.5, 0.05);
  EXPECT_EQ(after.forgotten_before, after.forgotten) << "the others are of today";
  const auto known = static_cast<std::size_t>(std::count_if(
      after.cells.begin(), after.cells.end(), [](Correctness cell) { return cell != Correctness::kUnknown; }));
  EXPECT_EQ(known, halves.cells.size() + outcomes.size() - after.forgotten);
  EXPECT_EQ(after.times.size(), after.cells.size());
  // What is kept is kept: no time passed.
  const UpdatedRouter again =
      update_router(after.router(), {{{}, whole.dimensions}, {}, {}, whole.models, whole.tasks},
                    {.half_life_days = 30, .threads = 2});
  EXPECT_EQ(again.forgotten, 0U);
  EXPECT_EQ(again.cells, after.cells);
  EXPECT_THROW(update_router(fit.router(halves.first()), halves.rest(), {.half_life_days = 30}), InvalidArgument)
      << "nobody told a time";
  EXPECT_THROW(update_router(fit.router(halves.first()), rest, {.half_life_days = -1}), InvalidArgument);
}

TEST(RouterUpdate, OneOldOutcomeDoesNotMakeTheFitOld) {
  const SampleBenchmark sample({.tasks = 3, .queries = 60}, 10);
  const RouterFit fit = fit_router(sample.view(), 1);
  const std::vector<float> vectors(2 * sample.dimensions, 0.5F);
  const std::vector<std::uint32_t> task(2, kTaskOfNearest);
  constexpr Seconds kYear = 365 * 86'400;
  const std::vector<Outcomes::Outcome> outcomes = {{0, 0, 1, 30 * kYear}, {1, 0, 0, 50 * kYear}};
  const UpdatedRouter after = update_router(
      fit.router(sample.view()), {{vectors, sample.dimensions}, task, outcomes, sample.models, sample.tasks},
      {.half_life_days = 30});
  EXPECT_EQ(after.forgotten, 1U) << "the old one itself";
  EXPECT_EQ(after.forgotten_before, 0U);
}

// A file whose lines have one and the same time, about prompts that the fit knows: nothing of the fit is told
// again.
TEST(RouterUpdate, OutcomesOfTheFitAreNeverToldAgain) {
  const SampleBenchmark whole({.tasks = 3, .queries = 60}, 5);
  const RouterFit fit = fit_router(whole.view(), 2);
  const Router before = fit.router(whole.view());
  Outcomes again;
  again.vectors = before.benchmark.vectors;
  again.task = before.benchmark.task;
  again.models = before.models();
  again.tasks = before.benchmark.tasks;
  std::vector<Outcomes::Outcome> outcomes;
  for (std::uint32_t i = 0; i < 20; ++i) outcomes.push_back({i, 0, 0.0, 1'700'000'000});
  again.outcomes = outcomes;
  const UpdatedRouter after = update_router(before, again, {.threads = 2});
  EXPECT_EQ(after.new_queries, 20U);
  EXPECT_EQ(after.changed, 0U);
  const UpdatedRouter twice = update_router(after.router(), again, {.threads = 2});
  EXPECT_EQ(twice.new_queries, 0U);
  EXPECT_EQ(twice.changed, 20U);
  EXPECT_EQ(twice.cells, after.cells);
}

TEST(RouterUpdate, WhatIsToldAgainStaysAsManyEvenWithoutWords) {
  const SampleBenchmark sample({.tasks = 3, .queries = 40}, 11);
  const RouterFit fit = fit_router(sample.view(), 1);
  const std::vector<float> nothing(4 * sample.dimensions, 0);
  const std::vector<std::uint32_t> task(4, kTaskOfNearest);
  // Two in the same second, one later, and one of which nobody knows when.
  const std::vector<Outcomes::Outcome> outcomes = {{0, 0, 1, 7}, {1, 0, 0, 7}, {2, 0, 1, 8}, {3, 0, 1}};
  Outcomes told{{nothing, sample.dimensions}, task, outcomes, sample.models, sample.tasks};
  const UpdatedRouter once = update_router(fit.router(sample.view()), told);
  EXPECT_EQ(once.new_queries, 4U);
  told.outcomes = std::span(outcomes).first(3);
  const UpdatedRouter again = update_router(once.router(), told);
  EXPECT_EQ(again.new_queries, 0U);
  EXPECT_EQ(again.changed, 3U);
  EXPECT_EQ(again.cells, once.cells);
  told.outcomes = std::span(outcomes).last(1);
  EXPECT_EQ(update_router(again.router(), told).new_queries, 1U) << "without a time it counts again";
}

TEST(RouterUpdate, AGuardIsVoid) {
  const SampleBenchmark sample({.tasks = 3, .queries = 60}, 8);
  const RouterFit fit = fit_router(sample.view(), 1);
  Router before = fit.router(sample.view());
  before.guard = Guard{.risk = 0.01, .delta = 0.05, .routes = true, .margin = 0.02};
  const UpdatedRouter after = update_router(before, {{{}, sample.dimensions}, {}, {}, sample.models, sample.tasks});
  ASSERT_TRUE(after.guard.has_value());
  EXPECT_FALSE(after.router().guard->routes);
}

TEST(RouterUpdate, RefusesWhatDoesNotFit) {
  const SampleBenchmark sample({.tasks = 3, .queries = 30}, 9);
  const RouterFit fit = fit_router(sample.view(), 1);
  const Router before = fit.router(sample.view());
  const std::vector<float> vector(sample.dimensions, 0.5F);
  const std::vector<std::uint32_t> task = {0}, far = {3};
  const std::vector<Outcomes::Outcome> good = {{0, 0, 1}}, other_model = {{0, 99, 1}}, other_query = {{1, 0, 1}};
  const neighbours::VectorView view{vector, sample.dimensions};
  const std::size_t m = sample.models, t = sample.tasks;
  EXPECT_NO_THROW(update_router(before, {view, task, good, m, t}));
  EXPECT_THROW(update_router(before, {view, task, other_model, m, t}), InvalidArgument);
  EXPECT_THROW(update_router(before, {view, task, other_query, m, t}), InvalidArgument);
  EXPECT_THROW(update_router(before, {view, far, good, m, t}), InvalidArgument);
  EXPECT_THROW(update_router(before, {view, task, good, m - 1, t}), InvalidArgument);
  EXPECT_THROW(update_router(before, {view, task, good, m, t + 1}), InvalidArgument) << "a task without a query";
  EXPECT_THROW(update_router(before, {{vector, 4}, task, good, m, t}), InvalidArgument);
  Router timed = before;
  const std::vector<Seconds> few(3);
  timed.times = few;
  EXPECT_THROW(update_router(timed, {view, task, good, m, t}), InvalidArgument);
}

}  // namespace
}  // namespace assay::route
