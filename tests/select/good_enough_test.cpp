// The cheapest model that is good enough.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rewards.h"
#include "assay/core/rng.h"
#include "assay/select/selection.h"
#include "tests/select/made_up_field.h"

namespace assay::select {
namespace {

// The answer, when all is known.
std::size_t cheapest_good_enough(const std::vector<double>& means, const std::vector<double>& prices,
                                 double within) {
  const double best = *std::max_element(means.begin(), means.end());
  std::size_t choice = means.size();
  for (std::size_t j = 0; j < means.size(); ++j) {
    const bool good = means[j] >= best - within - kSameRate;
    if (good && (choice == means.size() || prices[j] < prices[choice])) choice = j;
  }
  return choice;
}

struct PricedWorld {
  RewardTable truth;
  Problem problem;

  std::vector<double> means() const {
    std::vector<double> means = truth.means(problem.pool, problem.weights);
    if (problem.baseline) means.push_back(0.5);
    return means;
  }
  std::size_t answer() const { return cheapest_good_enough(means(), problem.prices, *problem.goal.good_enough); }
};

// Wins, draws and losses of models in groups: near-copies of one, some of them exactly E below it, or half a reward
// more.
PricedWorld tricky_world(std::uint64_t seed) {
  Rng rng(seed, 91);
  const std::size_t models = 2 + rng.below(5);
  const std::size_t queries = 10 + rng.below(30);
  PricedWorld world{RewardTable(queries, models),
                    {.models = models, .pool = {}, .step = 0.5, .seed = seed, .goal = {}}};
  const double within = static_cast<double>(rng.below(4)) / static_cast<double>(queries);
  world.problem.goal.good_enough = within;
  for (std::size_t q = 0; q < queries; ++q) world.problem.pool.push_back(query_id(q));
  for (std::size_t q = 0; q < queries; ++q) {
    world.truth.set(query_id(q), model_id(0), static_cast<double>(rng.below(3)) / 2);
  }
  const auto lost = static_cast<std::size_t>(std::llround(2 * within * static_cast<double>(queries)));
  for (std::size_t j = 1; j < models; ++j) {
    std::size_t less = lost + rng.below(3);  // half rewards below the first model: just enough, or too much
    for (std::size_t q = 0; q < queries; ++q) {
      double reward = world.truth.at(query_id(q), model_id(0));
      if (rng.below(4) == 0) reward = static_cast<double>(rng.below(3)) / 2;
      for (; less > 0 && reward > 0; --less) reward -= 0.5;
      world.truth.set(query_id(q), model_id(j), reward);
    }
  }
  for (std::size_t j = 0; j < models; ++j) world.problem.prices.push_back(1 + static_cast<double>(rng.below(4)));
  return world;
}

// Models that win the easy half of the queries mostly, and a cheap one that wins the hard ones: forecasts mislead.
// Half of the cheap ones are just good enough, the other half a win short of it.
PricedWorld misleading_world(std::uint64_t seed) {
  Rng rng(seed, 94);
  constexpr std::size_t kModels = 5;
  constexpr std::size_t kQueries = 80;
  PricedWorld world{RewardTable(kQueries, kModels),
                    {.models = kModels, .pool = {}, .step = 0.5, .seed = seed, .goal = {}}};
  world.problem.goal.good_enough = 0.05;
  world.problem.prices = {1, 2, 3, 4, 5};
  std::array<std::size_t, kModels> sums{};
  for (std::size_t q = 0; q < kQueries; ++q) {
    world.problem.pool.push_back(query_id(q));
    for (std::size_t j = 1; j < kModels; ++j) {
      const double chance = j == 1 ? 0.1 + 0.5 * static_cast<double>(q % 2) : q % 2 == 0 ? 0.95 : 0.25;
      const bool wins = rng.uniform() < chance;
      sums[j] += wins ? 1 : 0;
      world.truth.set(query_id(q), model_id(j), wins ? 1.0 : 0.0);
    }
  }
  std::size_t wins = *std::max_element(sums.begin(), sums.end()) - 4 - seed % 2;  // 4 of 80 are allowed
  for (std::size_t i = 0; i < kQueries; ++i) {
    const std::size_t q = i < kQueries / 2 ? 2 * i + 1 : 2 * (i - kQueries / 2);
    world.truth.set(query_id(q), model_id(0), wins > 0 ? 1.0 : 0.0);
    if (wins > 0) --wins;
  }
  return world;
}

// Rewards of any size, weights, and the baseline a candidate.
PricedWorld uneven_world(std::uint64_t seed) {
  Rng rng(seed, 92);
  const std::size_t models = 1 + rng.below(4);
  const std::size_t queries = 2 + rng.below(8);
  PricedWorld world{RewardTable(queries, models),
                    {.models = models + 1, .pool = {}, .baseline = true, .seed = seed, .goal = {}}};
  world.problem.goal.good_enough = std::array{0.0, 0.05, 0.2}[seed % 3];
  double sum = 0;
  for (std::size_t q = 0; q < queries; ++q) {
    world.problem.pool.push_back(query_id(q));
    world.problem.weights.push_back(std::exp(2 * rng.normal()));
    sum += world.problem.weights.back();
    for (std::size_t j = 0; j < models; ++j) world.truth.set(query_id(q), model_id(j), rng.uniform());
  }
  for (double& weight : world.problem.weights) weight *= static_cast<double>(queries) / sum;
  for (std::size_t j = 0; j <= models; ++j) world.problem.prices.push_back(1 + static_cast<double>(rng.below(3)));
  return world;
}

// Runs until it is decided, `batch` calls at a time; how many calls that took.
std::size_t run(Strategy& strategy, const PricedWorld& world, std::size_t batch) {
  std::size_t made = 0;
  std::set<std::pair<std::size_t, std::size_t>> asked;
  const double alpha = 1 - world.problem.goal.confidence;
  for (std::vector<Call> calls; strategy.decision()->risk() > alpha; calls.clear()) {
    strategy.propose(batch, calls);
    if (calls.empty()) {
      ADD_FAILURE() << "nothing is left to ask, and it is not decided";
      break;
    }
    std::vector<Verdict> verdicts;
    for (const Call& call : calls) {
      EXPECT_TRUE(asked.insert({index(call.query), index(call.model)}).second) << "asked twice";
      verdicts.push_back({call, world.truth.at(call.query, call.model)});
    }
    strategy.observe(verdicts);
    made += calls.size();
  }
  return made;
}

double most_wrong(double runs) { return 0.05 * runs + 3 * std::sqrt(0.05 * 0.95 * runs); }

TEST(GoodEnough, SeldomWrongWhereCopiesAreJustGoodEnoughOrJustNot) {
  double wrong = 0, runs = 0, calls = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const PricedWorld world = tricky_world(seed);
    const auto strategy = make_assay(world.problem, {});
    calls += static_cast<double>(run(*strategy, world, 1 + seed % 4));
    all += static_cast<double>(world.truth.queries() * world.truth.models());
    ++runs;
    if (index(strategy->decision()->leader()) == world.answer()) continue;
    ++wrong;
    EXPECT_GT(strategy->decision()->risk(), 0) << "said to be certain, and wrong, seed " << seed;
  }
  EXPECT_LE(wrong, most_wrong(runs));
  EXPECT_LT(calls, all);
}

TEST(GoodEnough, SeldomWrongWhereForecastsMislead) {
  double wrong = 0;
  constexpr std::uint64_t kRuns = 300;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const PricedWorld world = misleading_world(seed);
    const auto strategy = make_assay(world.problem, {});
    run(*strategy, world, 1);
    wrong += index(strategy->decision()->leader()) == world.answer() ? 0 : 1;
  }
  EXPECT_LE(wrong, most_wrong(kRuns));
}

TEST(GoodEnough, SeldomWrongWithWeightsAndTheBaselineAsACandidate) {
  double wrong = 0;
  constexpr std::uint64_t kRuns = 1500;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    const PricedWorld world = uneven_world(seed);
    const auto strategy = make_assay(world.problem, {});
    run(*strategy, world, 1);
    const std::vector<Estimate> estimates = strategy->decision()->estimates();
    const std::vector<double> means = world.means();
    for (std::size_t j = 0; j < means.size(); ++j) {
      EXPECT_GE(estimates[j].win_rate, estimates[j].interval.low - 1e-6);
      EXPECT_LE(estimates[j].win_rate, estimates[j].interval.high + 1e-6);
    }
    EXPECT_TRUE(estimates[index(strategy->decision()->leader())].possible);
    if (index(strategy->decision()->leader()) == world.answer()) continue;
    ++wrong;
    EXPECT_GT(strategy->decision()->risk(), 0) << "said to be certain, and wrong, seed " << seed;
  }
  EXPECT_LE(wrong, most_wrong(kRuns));
}

PricedWorld world_of(const OutcomeTable& outcomes, double within, std::uint64_t seed) {
  PricedWorld world{RewardTable(outcomes.queries(), outcomes.models()),
                    {.models = outcomes.models(), .pool = {}, .step = 0.5, .seed = seed, .goal = {}}};
  world.problem.goal.good_enough = within;
  for (std::size_t q = 0; q < outcomes.queries(); ++q) {
    world.problem.pool.push_back(query_id(q));
    for (std::size_t j = 0; j < outcomes.models(); ++j) {
      world.truth.set(query_id(q), model_id(j), reward_of(outcomes.at(query_id(q), model_id(j))));
    }
  }
  return world;
}

// Prices in a random order, and the means as the outcome model supposes or not: right, and for a part of the calls.
TEST(GoodEnough, SavesCallsWhereModelsDiffer) {
  double wrong = 0, calls = 0, all = 0;
  constexpr std::uint64_t kRuns = 120;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    PricedWorld world =
        world_of(seed % 2 == 0 ? own_world(120, 6, 0.8, seed) : other_world(120, 6, 0.8, seed), 0.05, seed);
    Rng rng(seed, 93);
    for (std::size_t j = 0; j < 6; ++j) world.problem.prices.push_back(rng.uniform() + 0.01);
    const auto strategy = make_assay(world.problem, {});
    calls += static_cast<double>(run(*strategy, world, 1));
    all += 720;
    wrong += index(strategy->decision()->leader()) == world.answer() ? 0 : 1;
  }
  EXPECT_LE(wrong, most_wrong(kRuns));
  EXPECT_LT(calls, 0.8 * all);
}

// The best model alone is good enough, and equal prices tell nothing.
TEST(GoodEnough, WithoutAToleranceAndWithEqualPricesItIsTheBestModel) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    PricedWorld world = world_of(own_world(60, 5, 1.0, seed), 0, seed);
    world.problem.prices.assign(5, 2.0);
    const std::vector<double> means = world.means();
    if (std::count(means.begin(), means.end(), *std::max_element(means.begin(), means.end())) > 1) continue;
    world.problem.goal.confidence = 1;  // certain: both must be right
    const auto strategy = make_assay(world.problem, {});
    run(*strategy, world, 1);
    PricedWorld plain = world;
    plain.problem.goal.good_enough.reset();
    const auto best = make_assay(plain.problem, {});
    run(*best, plain, 1);
    EXPECT_EQ(strategy->decision()->leader(), best->decision()->leader()) << "seed " << seed;
  }
}

TEST(GoodEnough, OfEqualModelsTheCheapestAndOfEqualPricesTheFirst) {
  PricedWorld world{RewardTable(30, 4), {.models = 4, .pool = {}, .step = 0.5, .goal = {}}};
  world.problem.goal.good_enough = 0.0;
  for (std::size_t q = 0; q < 30; ++q) {
    world.problem.pool.push_back(query_id(q));
    for (std::size_t j = 0; j < 4; ++j) world.truth.set(query_id(q), model_id(j), q % 2 == 0 ? 1.0 : 0.0);
  }
  for (const auto& [prices, answer] :
       {std::pair{std::vector<double>{4, 1, 2, 1}, 1U}, {{5, 4, 3, 2}, 3U}, {{1, 1, 1, 1}, 0U}}) {
    world.problem.prices = prices;
    const auto strategy = make_assay(world.problem, {});
    run(*strategy, world, 1);
    EXPECT_EQ(index(strategy->decision()->leader()), answer);
  }
}

// However answers are grouped, the plan is the same; and what one run knows and has drawn, a later one need not
// ask.
TEST(GoodEnough, GoesOnFromWhatIsKnown) {
  PricedWorld world = world_of(own_world(150, 6, 0.6, 7), 0.05, 3);
  world.problem.prices = {3, 1, 4, 1.5, 9, 2.6};
  const auto first = make_assay(world.problem, {});
  const auto parts = make_assay(world.problem, {});
  std::vector<Verdict> told;
  for (std::vector<Call> calls; first->decision()->risk() > 0.05; calls.clear()) {
    first->propose(5, calls);
    std::vector<Call> same;
    parts->propose(5, same);
    ASSERT_EQ(calls, same);
    std::vector<Verdict> verdicts;
    for (const Call& call : calls) verdicts.push_back({call, world.truth.at(call.query, call.model)});
    first->observe(verdicts);
    for (const Verdict& verdict : verdicts) parts->observe({&verdict, 1});
    EXPECT_EQ(first->decision()->risk(), parts->decision()->risk());
    told.insert(told.end(), verdicts.begin(), verdicts.end());
  }
  PricedWorld later = world;
  later.problem.known = told;
  later.problem.earlier = first->draws();
  later.problem.looks_only = true;
  const auto look = make_assay(later.problem, {});
  EXPECT_LE(look->decision()->risk(), 0.05);
  EXPECT_EQ(look->decision()->leader(), first->decision()->leader());
  EXPECT_EQ(look->decision()->calls_to_decide(), 0U);
}

TEST(GoodEnough, NeedsAPriceOfEachModelAndNoOtherTolerance) {
  PricedWorld world = world_of(own_world(20, 3, 0.6, 7), 0.05, 3);
  const StrategyEntry& assay = strategy("assay");
  const auto start = [&] { Selection(assay, world.problem, {}, assay.returns); };
  for (const std::vector<double>& prices :
       {std::vector<double>{}, {1, 2}, {1, 0, 2}, {1, -1, 2}, {1, std::numeric_limits<double>::infinity(), 1}}) {
    world.problem.prices = prices;
    EXPECT_THROW(start(), InvalidArgument);
  }
  world.problem.prices = {1, 2, 3};
  EXPECT_NO_THROW(start());
  Goal goal{.good_enough = 0.1};
  EXPECT_NO_THROW(check(goal));
  for (const double wrong : {-0.1, 1.0, std::nan("")}) {
    goal.good_enough = wrong;
    EXPECT_THROW(check(goal), InvalidArgument);
  }
  EXPECT_THROW(check({.epsilon = 0.1, .good_enough = 0.1}), InvalidArgument);
  EXPECT_THROW(check({.population = true, .good_enough = 0.1}), InvalidArgument);
}

}  // namespace
}  // namespace assay::select
