#include "assay/select/race.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

using testing::ElementsAre;
using testing::Lt;

constexpr double kSameRate = 1e-9;

std::vector<QueryId> all_queries(const OutcomeTable& truth) {
  std::vector<QueryId> pool;
  for (std::size_t q = 0; q < truth.queries(); ++q) pool.push_back(query_id(q));
  return pool;
}

Goal goal(double epsilon, double confidence) { return {epsilon, confidence}; }

// A race that goes on to its end.
class Racing : public Strategy {
 public:
  explicit Racing(const Problem& problem) : race_(problem) {}
  void propose(std::size_t limit, std::vector<Call>& calls) override { race_.propose(limit, calls); }
  void observe(std::span<const Verdict> verdicts) override { race_.observe(verdicts); }
  std::vector<double> posterior() const override { return race_.test().posterior(); }
  const Decision* decision() const override { return &race_.test(); }

 private:
  Race race_;
};

std::unique_ptr<Strategy> race(const OutcomeTable& truth, std::span<const QueryId> pool, const Goal& goal) {
  Problem problem;
  problem.models = truth.models();
  problem.pool.assign(pool.begin(), pool.end());
  problem.goal = goal;
  return std::make_unique<Racing>(problem);
}

std::vector<Verdict> answers(const OutcomeTable& truth, std::span<const Call> calls) {
  std::vector<Verdict> verdicts;
  for (const Call& call : calls) verdicts.push_back({call, truth.at(call.query, call.model)});
  return verdicts;
}

// Asks and answers `batch` calls at a time, until the goal is reached or nothing is left to ask.
std::vector<Call> run(Strategy& strategy, const OutcomeTable& truth, const Goal& goal, std::size_t batch = 8) {
  std::vector<Call> made;
  for (std::vector<Call> calls; strategy.decision()->risk() > 1 - goal.confidence; calls.clear()) {
    strategy.propose(batch, calls);
    if (calls.empty()) break;
    strategy.observe(answers(truth, calls));
    made.insert(made.end(), calls.begin(), calls.end());
  }
  return made;
}

double gap(const OutcomeTable& truth, ModelId model) {
  const std::vector<double> rates = truth.win_rates();
  return *std::max_element(rates.begin(), rates.end()) - rates[index(model)];
}

// Each model wins and draws as often as told, its queries drawn by chance; `shared` of them are the same for all.
OutcomeTable table_of(std::size_t queries, std::span<const double> wins, double shared, std::uint64_t seed) {
  Rng rng(seed, 77);
  OutcomeTable table(queries, wins.size());
  for (std::size_t q = 0; q < queries; ++q) {
    const double ease = rng.uniform();
    for (std::size_t j = 0; j < wins.size(); ++j) {
      const double u = rng.uniform() < shared ? ease : rng.uniform();
      const Outcome outcome = u < wins[j] ? Outcome::win : u < wins[j] + 0.1 ? Outcome::draw : Outcome::loss;
      table.set(query_id(q), model_id(j), outcome);
    }
  }
  return table;
}

// Without chance: all orders of small pools, at low confidence, as few rows prove little.
TEST(Race, OverAllOrdersOfAPoolAtMostTheAllowedShareEndsWrongly) {
  using enum Outcome;
  const std::vector<std::vector<std::vector<Outcome>>> pools = {
      {{win, loss}, {win, loss}, {win, loss}, {loss, win}, {loss, win}, {draw, draw}},
      {{win, loss}, {loss, win}, {win, draw}, {loss, draw}, {draw, loss}, {win, win}},
      {{win, loss, loss},
       {win, win, loss},
       {win, loss, win},
       {loss, win, draw},
       {loss, win, win},
       {loss, loss, draw}},
      {{win, win, loss},
       {loss, win, loss},
       {win, loss, win},
       {loss, win, win},
       {win, draw, draw},
       {draw, loss, win}}};
  for (const auto& rows : pools) {
    OutcomeTable truth(rows.size(), rows[0].size());
    for (std::size_t q = 0; q < rows.size(); ++q) {
      std::copy(rows[q].begin(), rows[q].end(), truth.row(query_id(q)).begin());
    }
    for (const double confidence : {0.5, 0.7}) {
      for (const double epsilon : {0.0, 0.1}) {
        std::vector<QueryId> pool = all_queries(truth);
        double orders = 0;
        double wrong = 0;
        do {
          const auto strategy = race(truth, pool, goal(epsilon, confidence));
          run(*strategy, truth, goal(epsilon, confidence));
          ++orders;
          wrong += gap(truth, strategy->decision()->leader()) > epsilon + kSameRate ? 1 : 0;
        } while (std::next_permutation(pool.begin(), pool.end()));
        EXPECT_LE(wrong / orders, 1 - confidence + 1e-9)
            << "the guarantee does not hold at confidence " << confidence << ", epsilon " << epsilon;
      }
    }
  }
}

struct Field {
  std::string name;
  std::vector<double> wins;
  double shared = 0;
};

class RaceGuarantee : public testing::TestWithParam<Field> {};

TEST_P(RaceGuarantee, AtMostTheAllowedShareOfRunsEndsWrongly) {
  constexpr std::size_t kRuns = 2000;
  constexpr std::size_t kQueries = 40;
  constexpr double kConfidence = 0.9;
  for (const double epsilon : {0.0, 0.05}) {
    double wrong = 0;
    for (std::size_t r = 0; r < kRuns; ++r) {
      const OutcomeTable truth = table_of(kQueries, GetParam().wins, GetParam().shared, r);
      const std::vector<QueryId> pool = all_queries(truth);
      const auto strategy = race(truth, pool, goal(epsilon, kConfidence));
      run(*strategy, truth, goal(epsilon, kConfidence), GetParam().wins.size());
      wrong += gap(truth, strategy->decision()->leader()) > epsilon + kSameRate ? 1 : 0;
    }
    const double error = std::sqrt(kConfidence * (1 - kConfidence) / kRuns);
    EXPECT_LE(wrong / kRuns, 1 - kConfidence + 3 * error)
        << "more wrong models than promised, epsilon " << epsilon << ", " << GetParam().name;
  }
}

INSTANTIATE_TEST_SUITE_P(Fields, RaceGuarantee,
                         testing::Values(Field{"all_equal", {0.5, 0.5, 0.5, 0.5, 0.5}},
                                         Field{"two_equal_bests", {0.3, 0.6, 0.6, 0.1}},
                                         Field{"two_models_alone", {0.55, 0.5}},
                                         Field{"one_far_ahead", {0.2, 0.2, 0.8, 0.3}},
                                         Field{"the_best_last_and_close", {0.5, 0.52, 0.54, 0.56, 0.58, 0.6}},
                                         Field{"nearly_always_won", {0.85, 0.87, 0.89}, 0.8}),
                         [](const auto& field) { return field.param.name; });

// At a confidence that no 30 rows can reach; the worse model leads at first.
TEST(Race, TheEndOfThePoolIsExact) {
  OutcomeTable truth = constant_outcomes(30, 2, Outcome::loss);
  for (std::size_t q = 0; q < 30; ++q)
    truth.set(query_id(q), model_id(q < 3 ? 0 : q < 7 ? 1 : q % 2), Outcome::win);
  const std::vector<QueryId> pool = all_queries(truth);
  const auto strategy = race(truth, pool, goal(0, 0.999999));
  run(*strategy, truth, goal(0, 0.999999));
  EXPECT_EQ(gap(truth, strategy->decision()->leader()), 0) << "the whole pool was judged, and yet a worse model";
  EXPECT_EQ(strategy->decision()->risk(), 0) << "the whole pool was judged; nothing is at risk";
  EXPECT_EQ(strategy->decision()->calls_to_decide(), 0U);
}

OutcomeTable clear_table() { return table_of(300, std::vector<double>{0.1, 0.2, 0.4, 0.5, 0.85}, 0, 5); }

TEST(Race, StopsEarlyAndJudgesOnlyModelsThatCanStillBeTheBest) {
  const OutcomeTable truth = clear_table();
  const std::vector<QueryId> pool = all_queries(truth);
  const auto strategy = race(truth, pool, goal(0, 0.95));
  const std::vector<Call> calls = run(*strategy, truth, goal(0, 0.95), 1);
  EXPECT_EQ(strategy->decision()->leader(), model_id(4));
  std::vector<std::size_t> counts(5, 0);
  for (const Call& call : calls) ++counts[index(call.model)];
  EXPECT_THAT(counts[0], Lt(60U)) << "a model that wins 10 % is judged on and on beside one that wins 85 %";
  EXPECT_THAT(counts[4], Lt(120U)) << "35 points of lead, and not decided";
  EXPECT_LE(counts[0], counts[3]);
  const std::vector<Estimate> estimates = strategy->decision()->estimates();
  for (std::size_t j = 0; j < 5; ++j) {
    const double rate = truth.win_rates()[j];
    EXPECT_EQ(estimates[j].possible, j == 4);
    EXPECT_LE(estimates[j].risk, 0.05 + 1e-12);
    EXPECT_LE(estimates[j].interval.low, rate) << "model " << j;
    EXPECT_GE(estimates[j].interval.high, rate) << "model " << j;
    EXPECT_GE(estimates[j].win_rate, estimates[j].interval.low) << "model " << j;
    EXPECT_LE(estimates[j].win_rate, estimates[j].interval.high) << "model " << j;
  }
  std::vector<Call> more;
  strategy->propose(10, more);
  EXPECT_TRUE(more.empty()) << "the race is over, and calls are still paid for";
}

TEST(Race, AToleranceSavesCallsBetweenModelsThatAreAlike) {
  std::size_t exact_calls = 0;
  std::size_t tolerant_calls = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const OutcomeTable truth = table_of(300, std::vector<double>{0.7, 0.7, 0.2, 0.3}, 0.5, seed);
    const std::vector<QueryId> pool = all_queries(truth);
    const auto exact = race(truth, pool, goal(0, 0.95));
    const auto tolerant = race(truth, pool, goal(0.1, 0.95));
    exact_calls += run(*exact, truth, goal(0, 0.95)).size();
    tolerant_calls += run(*tolerant, truth, goal(0.1, 0.95)).size();
  }
  EXPECT_LT(tolerant_calls, 0.75 * static_cast<double>(exact_calls))
      << "10 points may be lost, and that saves little";
}

TEST(Race, SingleCallsAndRowsAskTheSameAndLargerBatchesDecideTheSame) {
  const OutcomeTable truth = clear_table();
  std::vector<QueryId> pool = all_queries(truth);
  Rng rng(3);
  rng.shuffle(std::span(pool));
  for (const double epsilon : {0.0, 0.05}) {
    const auto single = race(truth, pool, goal(epsilon, 0.95));
    const std::vector<Call> calls = run(*single, truth, goal(epsilon, 0.95), 1);
    for (const std::size_t batch : {1U, 2U, 5U, 7U, 64U}) {
      const auto other = race(truth, pool, goal(epsilon, 0.95));
      const std::vector<Call> made = run(*other, truth, goal(epsilon, 0.95), batch);
      if (batch <= truth.models()) {
        EXPECT_EQ(made, calls) << "batches of " << batch << " cost other calls";
      }
      EXPECT_LE(made.size(), calls.size() + 2 * batch) << "batches of " << batch;
      EXPECT_EQ(other->decision()->leader(), single->decision()->leader()) << "batches of " << batch;
      std::set<std::pair<std::size_t, std::size_t>> seen;
      for (const Call& call : made) seen.insert({index(call.query), index(call.model)});
      EXPECT_EQ(seen.size(), made.size()) << "a call is paid for twice in batches of " << batch;
    }
  }
}

// Ten rows are on their way while nothing has come; then everything comes in any order, singly.
TEST(Race, GoesOnWhileVerdictsAreOutstandingAndTheirOrderDoesNotMatter) {
  const OutcomeTable truth = clear_table();
  const std::vector<QueryId> pool = all_queries(truth);
  const auto straight = race(truth, pool, goal(0, 0.95));
  const auto shuffled = race(truth, pool, goal(0, 0.95));
  Rng rng(4);
  for (int step = 0; step < 4; ++step) {
    std::vector<Call> calls;
    for (int i = 0; i < 50; ++i) shuffled->propose(1, calls);
    std::vector<Call> same;
    straight->propose(50, same);
    ASSERT_EQ(calls, same) << "50 single calls and one batch of 50, no verdict in between";
    std::vector<Verdict> verdicts = answers(truth, calls);
    straight->observe(verdicts);
    rng.shuffle(std::span(verdicts));
    for (const Verdict& verdict : verdicts) shuffled->observe({&verdict, 1});
    EXPECT_EQ(shuffled->posterior(), straight->posterior()) << "the same rows, told in another order";
  }
}

TEST(Race, ACallWithoutVerdictCountsHalfAWin) {
  OutcomeTable none = clear_table();
  OutcomeTable draws = none;
  for (std::size_t q = 0; q < none.queries(); q += 3) {
    for (std::size_t j = 0; j < none.models(); ++j) {
      none.set(query_id(q), model_id(j), Outcome::none);
      draws.set(query_id(q), model_id(j), Outcome::draw);
    }
  }
  const std::vector<QueryId> pool = all_queries(none);
  const auto failing = race(none, pool, goal(0, 0.95));
  const auto drawing = race(draws, pool, goal(0, 0.95));
  EXPECT_EQ(run(*failing, none, goal(0, 0.95)), run(*drawing, draws, goal(0, 0.95)));
  EXPECT_EQ(failing->posterior(), drawing->posterior());
}

TEST(Race, OneModelIsDecidedWithoutACall) {
  const OutcomeTable truth = constant_outcomes(5, 1, Outcome::win);
  const std::vector<QueryId> pool = all_queries(truth);
  const auto strategy = race(truth, pool, goal(0, 0.95));
  EXPECT_TRUE(run(*strategy, truth, goal(0, 0.95)).empty());
  EXPECT_EQ(strategy->decision()->risk(), 0);
  EXPECT_THAT(strategy->posterior(), ElementsAre(1.0));
}

TEST(Race, BeforeTheFirstRowNothingIsKnown) {
  const OutcomeTable truth = clear_table();
  const std::vector<QueryId> pool = all_queries(truth);
  const auto strategy = race(truth, pool, goal(0.02, 0.95));
  EXPECT_EQ(strategy->decision()->risk(), 1);
  EXPECT_THAT(strategy->posterior(), ElementsAre(0.2, 0.2, 0.2, 0.2, 0.2));
  EXPECT_EQ(strategy->decision()->calls_to_decide(), 1500U) << "all that are left, as nothing tells how far apart";
  const std::vector<Estimate> estimates = strategy->decision()->estimates();
  EXPECT_EQ(estimates[1].interval.low, 0);
  EXPECT_EQ(estimates[1].interval.high, 1);
  EXPECT_TRUE(estimates[1].possible);
}

TEST(Race, ForeseesTheCallsWithinAFactorOfTwo) {
  const OutcomeTable truth = table_of(400, std::vector<double>{0.3, 0.5, 0.55, 0.7}, 0, 8);
  const std::vector<QueryId> pool = all_queries(truth);
  const auto strategy = race(truth, pool, goal(0, 0.95));
  std::vector<Call> calls;
  for (int row = 0; row < 30; ++row) {
    calls.clear();
    strategy->propose(4, calls);
    strategy->observe(answers(truth, calls));
  }
  const auto foreseen = static_cast<double>(strategy->decision()->calls_to_decide());
  const auto needed = static_cast<double>(run(*strategy, truth, goal(0, 0.95), 4).size());
  EXPECT_GT(foreseen, needed / 2) << "the run takes much longer than announced";
  EXPECT_LT(foreseen, needed * 2) << "the run was announced as much longer than it is";
}

// Of two models one is known on all queries, and the baseline everywhere.
TEST(Race, WhatIsKnownAndTheBaselineAreNotAskedFor) {
  const OutcomeTable truth = table_of(60, std::vector<double>{0.4, 0.9}, 0, 9);
  Problem problem;
  problem.models = 3;
  problem.baseline = true;
  problem.pool = all_queries(truth);
  problem.goal = goal(0, 0.95);
  for (const QueryId query : problem.pool)
    problem.known.emplace_back(Call{query, model_id(1)}, truth.at(query, model_id(1)));
  Racing race(problem);
  const std::vector<Call> calls = run(race, truth, problem.goal, 1);
  for (const Call& call : calls) EXPECT_EQ(call.model, model_id(0));
  EXPECT_EQ(race.decision()->leader(), model_id(1));
  EXPECT_LE(race.decision()->risk(), 0.05);
  EXPECT_LT(calls.size(), 40U);
}

// The pool is a sample: its end decides nothing.
TEST(Race, OfAPopulationTheEndOfThePoolIsNotTheEnd) {
  OutcomeTable truth = constant_outcomes(30, 2, Outcome::loss);
  for (std::size_t q = 0; q < 30; ++q) truth.set(query_id(q), model_id(q < 16 ? 0 : 1), Outcome::win);
  std::vector<QueryId> pool = all_queries(truth);
  Rng(5).shuffle(std::span(pool));
  Goal about_all = goal(0, 0.95);
  about_all.population = true;
  const auto strategy = race(truth, pool, about_all);
  EXPECT_EQ(run(*strategy, truth, about_all, 2).size(), 60U);
  EXPECT_GT(strategy->decision()->risk(), 0.05) << "16 of 30 queries, and sure about all others";
  EXPECT_GT(strategy->decision()->population_risk(), 0.2);
  EXPECT_GT(strategy->decision()->estimates()[0].interval.high, 0.6) << "exact about queries that nobody has seen";
}

TEST(Race, RefusesVerdictsThatItDidNotAskFor) {
  const OutcomeTable truth = clear_table();
  const std::vector<QueryId> pool = {query_id(7), query_id(2)};
  const auto strategy = race(truth, pool, goal(0, 0.95));
  std::vector<Call> calls;
  strategy->propose(1, calls);
  EXPECT_THAT(calls, ElementsAre(Call{query_id(7), model_id(0)}));
  for (const std::size_t query : {2U, 3U, 900U}) {
    const Verdict verdict{{query_id(query), model_id(0)}, Outcome::win};
    EXPECT_THROW(strategy->observe({&verdict, 1}), InvalidArgument) << "query " << query;
  }
}

}  // namespace
}  // namespace assay::select
