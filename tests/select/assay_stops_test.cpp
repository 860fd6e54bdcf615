// How often strategy `assay` is right when it ends by itself.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "assay/core/rewards.h"
#include "assay/core/rng.h"
#include "tests/select/made_up_field.h"

namespace assay::select {
namespace {

using enum Outcome;

// What runs that ended by themselves came to.
struct Ends {
  double runs = 0;
  double wrong = 0;    // ended at a model more than epsilon below the best
  double covered = 0;  // of all models, intervals that hold the true win rate
  double models = 0;
  double calls = 0;
  double foreseen = 0;  // calls that were announced after ten rows, in all
  double needed = 0;    // and what these runs took

  double wrong_share() const { return wrong / runs; }
  double coverage() const { return covered / models; }
};

using World = OutcomeTable (*)(std::size_t queries, std::size_t models, double spread, std::uint64_t seed);

Ends ends_of(World world, std::size_t runs, std::size_t queries, std::size_t models, double spread,
             const Goal& goal) {
  Ends ends;
  for (std::size_t r = 0; r < runs; ++r) {
    Field field(world(queries, models, spread, r), goal);
    field.seed = r;
    const auto strategy = field.start();
    const std::size_t rows = go_on(*strategy, field, 8, 10 * models).size();
    std::size_t calls = rows;
    const std::size_t announced = strategy->decision()->calls_to_decide();
    calls += decide(*strategy, field).size();
    if (announced > 0) {
      ends.foreseen += static_cast<double>(rows + announced);
      ends.needed += static_cast<double>(calls);
    }
    const Decision& decision = *strategy->decision();
    const std::vector<Estimate> estimates = decision.estimates();
    const std::vector<double> rates = field.truth.win_rates();
    for (std::size_t j = 0; j < models; ++j) {
      const stats::Interval& interval = estimates[j].interval;
      const bool holds = interval.low <= rates[j] + kSameRate && rates[j] <= interval.high + kSameRate;
      ends.covered += holds ? 1 : 0;
    }
    ends.wrong += field.gap(decision.leader()) > goal.epsilon + kSameRate ? 1 : 0;
    ends.models += static_cast<double>(models);
    ends.calls += static_cast<double>(calls);
    ++ends.runs;
  }
  return ends;
}

// 1 - C and three standard errors of a share of that size.
double allowed(const Goal& goal, const Ends& ends) {
  const double risk = 1 - goal.confidence;
  return risk + 3 * std::sqrt(risk * (1 - risk) / ends.runs);
}

// Small tables of wins, draws and losses, uneven weights, the baseline a candidate: what is said to be certain is
// so, an expected mean is possible, and of the rest at most 5 % are wrong.
TEST(AssayStops, WithWeightsAndTheBaselineAsACandidate) {
  std::size_t runs = 0;
  std::size_t wrong = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Rng rng(seed, 77);
    const std::size_t models = 1 + rng.below(4);
    const std::size_t queries = 2 + rng.below(6);
    RewardTable truth(queries, models);
    std::vector<double> weights(queries);
    double sum = 0;
    for (std::size_t q = 0; q < queries; ++q) {
      for (std::size_t j = 0; j < models; ++j) {
        truth.set(query_id(q), model_id(j), static_cast<double>(rng.below(3)) / 2);
      }
      weights[q] = seed % 2 == 0 ? 1 + 1e-3 * rng.uniform() : std::exp(3 * rng.normal());
      sum += weights[q];
    }
    Problem problem{.models = models + 1, .pool = {}, .baseline = true, .step = 0.5, .seed = seed, .goal = {}};
    for (std::size_t q = 0; q < queries; ++q) problem.pool.push_back(query_id(q));
    for (const double weight : weights) problem.weights.push_back(weight * static_cast<double>(queries) / sum);
    problem.goal.epsilon = std::array{0.0, 0.05, 0.2}[seed % 3];
    std::vector<double> means = truth.means(problem.pool, problem.weights);
    means.push_back(0.5);
    const double best = *std::max_element(means.begin(), means.end());
    const auto strategy = make_assay(problem, {});
    const Decision& decision = *strategy->decision();
    for (std::vector<Call> calls; decision.risk() > 0.05; calls.clear()) {
      strategy->propose(1, calls);
      ASSERT_FALSE(calls.empty()) << "everything is known, and it is not decided, seed " << seed;
      const Verdict verdict{calls[0], truth.at(calls[0].query, calls[0].model)};
      strategy->observe({&verdict, 1});
    }
    const double gap = best - means[index(decision.leader())];
    ++runs;
    if (gap > problem.goal.epsilon + 1e-6) {
      ++wrong;
      EXPECT_GT(decision.risk(), 0) << "said to be certain, and wrong by " << gap << ", seed " << seed;
    }
    const std::vector<Estimate> estimates = decision.estimates();
    for (std::size_t j = 0; j < estimates.size(); ++j) {
      EXPECT_GE(estimates[j].win_rate, estimates[j].interval.low - 1e-6) << "model " << j << ", seed " << seed;
      EXPECT_LE(estimates[j].win_rate, estimates[j].interval.high + 1e-6) << "model " << j << ", seed " << seed;
    }
    EXPECT_TRUE(estimates[index(decision.leader())].possible);
  }
  EXPECT_LE(static_cast<double>(wrong),
            0.05 * static_cast<double>(runs) + 3 * std::sqrt(0.05 * 0.95 * static_cast<double>(runs)));
}

TEST(AssayStops, SeldomWronglyWhereTheOutcomeModelHolds) {
  for (const double spread : {0.7, 1.4}) {
    for (const Goal& goal : {Goal{0, 0.9}, Goal{0, 0.95}, Goal{0.05, 0.9}}) {
      const Ends ends = ends_of(own_world, 200, 60, 6, spread, goal);
      EXPECT_LE(ends.wrong_share(), allowed(goal, ends))
          << "spread " << spread << ", epsilon " << goal.epsilon << ", confidence " << goal.confidence;
      EXPECT_GE(ends.coverage(), 0.9) << "95 % intervals, spread " << spread;
      EXPECT_LT(ends.calls / ends.runs, 0.75 * 360) << "stopping by itself saves next to nothing";
    }
  }
}

TEST(AssayStops, SeldomWronglyWhereTheOutcomeModelDoesNotHold) {
  for (const Goal& goal : {Goal{0, 0.9}, Goal{0.05, 0.95}}) {
    const Ends ends = ends_of(other_world, 200, 60, 6, 0.7, goal);
    EXPECT_LE(ends.wrong_share(), allowed(goal, ends))
        << "epsilon " << goal.epsilon << ", confidence " << goal.confidence;
    EXPECT_GE(ends.coverage(), 0.9) << "95 % intervals";
  }
}

TEST(AssayStops, SeldomWronglyWhereModelsAreAlike) {
  for (const Goal& goal : {Goal{0, 0.95}, Goal{0.05, 0.95}}) {
    const Ends ends = ends_of(own_world, 200, 150, 4, 0.2, goal);
    EXPECT_LE(ends.wrong_share(), allowed(goal, ends)) << "epsilon " << goal.epsilon;
    EXPECT_GE(ends.coverage(), 0.9);
  }
}

TEST(AssayStops, AToleranceAndLessConfidenceSaveCalls) {
  const double exact = ends_of(own_world, 60, 80, 5, 0.4, {0, 0.95}).calls;
  const double tolerant = ends_of(own_world, 60, 80, 5, 0.4, {0.1, 0.95}).calls;
  const double bold = ends_of(own_world, 60, 80, 5, 0.4, {0, 0.7}).calls;
  EXPECT_LT(tolerant, 0.87 * exact) << "10 points may be lost, and that saves little";
  EXPECT_LT(bold, 0.9 * exact) << "three in ten may be wrong, and that saves little";
}

TEST(AssayStops, ForeseesTheCallsWithinAFactorOfTwo) {
  const Ends ends = ends_of(own_world, 60, 150, 4, 0.7, {0, 0.95});
  EXPECT_GT(ends.foreseen, ends.needed / 2) << "runs take much longer than announced";
  EXPECT_LT(ends.foreseen, ends.needed * 2) << "runs were announced as much longer than they are";
}

// Features that tell the outcomes spare the calls.
TEST(AssayStops, FeaturesThatTellTheOutcomesSaveCalls) {
  double without = 0;
  double with = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Field field(own_world(80, 5, 0.5, seed));
    without += static_cast<double>(decide(*field.start(), field).size());
    field.features = features_of(field, 1, 0.5);
    for (const QueryId query : field.pool) {
      for (std::size_t j = 0; j < 5; ++j) {
        field.features.at(query, model_id(j))[0] += field.truth.at(query, model_id(j)) == win ? 1.0F : -1.0F;
      }
    }
    with += static_cast<double>(decide(*field.start(), field).size());
  }
  EXPECT_LT(with, 0.75 * without);
}

// The judge's verdicts, a share of them at random in their place.
RewardTable hints_of(const Field& field, double random, std::uint64_t seed) {
  Rng rng(seed, 5);
  RewardTable hints(field.truth);
  for (const QueryId query : field.pool) {
    for (std::size_t j = 0; j < field.truth.models(); ++j) {
      if (rng.uniform() >= random) continue;
      hints.set(query, model_id(j), rng.uniform() < 0.5 ? 0.0 : 1.0);
    }
  }
  return hints;
}

double calls_with(double random, std::uint64_t runs) {
  double calls = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    Field field(own_world(80, 5, 0.5, seed));
    if (random >= 0) field.assistant = hints_of(field, random, seed);
    calls += static_cast<double>(decide(*field.start(), field).size());
  }
  return calls;
}

TEST(AssayStops, AnAssistantThatMostlyAgreesSavesCallsAndOneThatKnowsNothingCostsFew) {
  const double alone = calls_with(-1, 40);
  EXPECT_LT(calls_with(0.1, 40), 0.75 * alone) << "it agrees in 95 %, and saves little";
  EXPECT_LT(calls_with(0.3, 40), 0.9 * alone) << "it agrees in 85 %, and saves little";
  EXPECT_LT(calls_with(1, 40), 1.04 * alone) << "it says nothing, and costs much";
}

}  // namespace
}  // namespace assay::select
