#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/select/makers.h"
#include "assay/select/race.h"
#include "tests/select/made_up_field.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

using testing::ElementsAre;
using enum Outcome;

std::size_t distinct(std::span<const Call> calls) {
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (const Call& call : calls) seen.insert({index(call.query), index(call.model)});
  return seen.size();
}

// Everything that a user may be shown at any moment makes sense.
void expect_sound(const Strategy& strategy, const Field& field, std::size_t judged, const std::string& when) {
  const Decision& decision = *strategy.decision();
  const double risk = decision.risk();
  ASSERT_TRUE(risk >= 0 && risk <= 1) << when << ": a risk of " << risk;
  const std::vector<Estimate> estimates = decision.estimates();
  ASSERT_EQ(estimates.size(), field.truth.models()) << when;
  const std::size_t leader = index(decision.leader());
  double sum = 0;
  std::size_t possible = 0;
  for (const Estimate& estimate : estimates) {
    ASSERT_TRUE(estimate.risk >= 0 && estimate.risk <= 1) << when << ": a risk of " << estimate.risk;
    ASSERT_TRUE(estimate.interval.low >= -1e-12 && estimate.interval.high <= 1 + 1e-12) << when;
    ASSERT_TRUE(estimate.win_rate >= estimate.interval.low - 1e-12) << when << ": outside its interval";
    ASSERT_TRUE(estimate.win_rate <= estimate.interval.high + 1e-12) << when << ": outside its interval";
    ASSERT_LE(estimate.win_rate, estimates[leader].win_rate + kSameRate) << when << ": not the leader";
    sum += estimate.risk;
    possible += estimate.possible ? 1 : 0;
  }
  EXPECT_NEAR(risk, std::min(1.0, sum), 1e-12) << when;
  EXPECT_EQ(estimates[leader].risk, 0) << when;
  EXPECT_TRUE(estimates[leader].possible) << when << ": the leader itself was given up";
  const bool over = decided(strategy, field.goal);
  EXPECT_EQ(possible == 1, over || field.truth.models() == 1) << when << ": " << possible << " may be the best";
  const std::size_t calls = decision.calls_to_decide();
  EXPECT_LE(calls, field.all() - judged) << when << ": more calls announced than are left";
  EXPECT_EQ(calls == 0, over) << when << ": " << calls << " more calls announced";
  const std::vector<double> posterior = strategy.posterior();
  EXPECT_NEAR(std::accumulate(posterior.begin(), posterior.end(), 0.0), 1, 1e-9) << when;
  for (const double probability : posterior) {
    ASSERT_TRUE(probability >= 0 && probability <= posterior[leader])
        << when << ": the leader is not the likeliest";
  }
}

// Judges everything, with verdicts outstanding at times, and looks at each moment.
void expect_sound_throughout(const Field& field, std::size_t batch, const std::string& what) {
  const auto strategy = field.start();
  std::size_t judged = 0;
  expect_sound(*strategy, field, 0, what + ", before the first call");
  for (std::vector<Call> calls;; calls.clear()) {
    strategy->propose(batch, calls);
    if (calls.empty()) break;
    const std::vector<Verdict> verdicts = field.answers(calls);
    for (const std::span<const Verdict> part :
         {std::span(verdicts).first(calls.size() / 2), std::span(verdicts).subspan(calls.size() / 2)}) {
      strategy->observe(part);
      judged += part.size();
      expect_sound(*strategy, field, judged, what + ", after " + std::to_string(judged) + " verdicts");
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  ASSERT_EQ(judged, field.all()) << what;
  EXPECT_EQ(strategy->decision()->risk(), 0) << what << ": everything is known, and a risk remains";
  EXPECT_EQ(strategy->decision()->calls_to_decide(), 0U) << what;
  const std::vector<Estimate> estimates = strategy->decision()->estimates();
  const std::vector<double> rates = field.truth.win_rates(field.pool);
  for (std::size_t j = 0; j < rates.size(); ++j) {
    double unknown = 0;  // a call that failed may have been a loss or a win
    for (const QueryId query : field.pool) unknown += field.truth.at(query, model_id(j)) == none ? 0.5 : 0;
    unknown /= static_cast<double>(field.pool.size());
    EXPECT_NEAR(estimates[j].win_rate, rates[j], kSameRate) << what << ", model " << j;
    EXPECT_NEAR(estimates[j].interval.low, rates[j] - unknown, kSameRate) << what << ", model " << j;
    EXPECT_NEAR(estimates[j].interval.high, rates[j] + unknown, kSameRate) << what << ", model " << j;
  }
  EXPECT_NEAR(field.gap(strategy->decision()->leader()), 0, kSameRate) << what << ": a worse model is returned";
}

TEST(Assay, IsSoundAtEveryMomentAndExactAtTheEnd) {
  for (const std::size_t models : {1U, 2U, 5U}) {
    for (const std::size_t queries : {1U, 2U, 17U}) {
      for (const double none_share : {0.0, 0.3}) {
        const Field field(random_outcomes(queries, models, none_share, 10 * models + queries));
        for (const std::size_t batch : {1U, 7U, 64U}) {
          expect_sound_throughout(field, batch,
                                  std::to_string(models) + " models, " + std::to_string(queries) + " queries, " +
                                      std::to_string(none_share) + " failed, batches of " + std::to_string(batch));
        }
      }
    }
  }
}

TEST(Assay, IsSoundWhereAllOutcomesAreTheSame) {
  for (const Outcome outcome : {none, loss, draw, win}) {
    for (const std::size_t models : {1U, 2U, 4U}) {
      for (const double epsilon : {0.0, 0.1}) {
        expect_sound_throughout(Field(constant_outcomes(40, models, outcome), {epsilon, 0.95}), 3,
                                std::to_string(models) + " models, only " + std::string(name(outcome)));
      }
    }
  }
}

TEST(Assay, IsSoundForEveryGoal) {
  for (const double epsilon : {0.0, 0.05, 0.999}) {
    for (const double confidence : {0.01, 0.9, 1.0}) {
      expect_sound_throughout(Field(random_outcomes(25, 4, 0.1, 3), {epsilon, confidence}), 2,
                              "epsilon " + std::to_string(epsilon) + ", confidence " + std::to_string(confidence));
    }
  }
}

TEST(Assay, IsSoundWithFeaturesThatAreEqualConstantOrFarOut) {
  for (const Outcome outcome : {win, none}) {
    Field field(outcome == win ? random_outcomes(30, 4, 0.1, 31) : constant_outcomes(30, 4, none));
    field.features = features_of(field, 3, 1);
    for (const QueryId query : field.pool) {
      for (std::size_t j = 0; j < 4; ++j) {
        const auto of_pair = field.features.at(query, model_id(j));
        of_pair[1] = of_pair[0];
        of_pair[2] = 0;
      }
    }
    expect_sound_throughout(field, 4, "two features the same, one without variance");
    field.features = features_of(field, 2, 50);
    expect_sound_throughout(field, 4, "features of 50 deviations");
  }
}

TEST(Assay, AModelFarAheadIsFoundWithAFewCalls) {
  OutcomeTable truth = random_outcomes(200, 10, 0, 41);  // 20 to 65 % wins
  for (std::size_t q = 0; q < 200; ++q) truth.set(query_id(q), model_id(3), q % 20 == 7 ? loss : win);
  const Field field(truth);
  for (const std::size_t batch : {1U, 8U, 64U}) {
    const auto strategy = field.start();
    const std::size_t calls = decide(*strategy, field, batch).size();
    EXPECT_EQ(strategy->decision()->leader(), model_id(3)) << "batches of " << batch;
    EXPECT_LT(calls, 2000 / 5) << "batches of " << batch << ": a lead of 20 points took " << calls
                               << " of 2000 calls";
  }
}

TEST(Assay, BadModelsAndQueriesThatEverybodyWinsCostLittle) {
  OutcomeTable truth = random_outcomes(150, 12, 0, 42);
  for (std::size_t q = 0; q < 150; ++q) {
    for (std::size_t j = 0; j < 12; ++j) {
      if (j < 2) truth.set(query_id(q), model_id(j), q % 15 == 0 ? win : loss);
      if (j >= 2 && q < 75) truth.set(query_id(q), model_id(j), win);
    }
  }
  Field field(truth);
  Rng(8).shuffle(std::span(field.pool));
  const auto strategy = field.start();
  std::vector<std::size_t> of_model(12, 0);
  std::size_t on_easy = 0;
  const std::vector<Call> calls = go_on(*strategy, field, 8, 600);
  for (const Call& call : calls) {
    ++of_model[index(call.model)];
    on_easy += index(call.query) < 75 ? 1 : 0;
  }
  EXPECT_LT(of_model[0] + of_model[1], 20U) << "two models that win 7 % are judged on and on";
  EXPECT_LT(on_easy, calls.size() * 45 / 100) << "calls are spent where everybody wins";
}

TEST(Assay, BatchesAskEachCallOnceAndReturnTheSame) {
  OutcomeTable truth = own_world(120, 6, 0.5, 43);
  for (std::size_t q = 0; q < 120; ++q) truth.set(query_id(q), model_id(2), q % 12 == 0 ? loss : win);
  const Field field(truth);
  for (const std::size_t batch : {1U, 8U, 64U, 512U}) {
    const auto strategy = field.start();
    const std::vector<Call> calls = decide(*strategy, field, batch);
    EXPECT_EQ(distinct(calls), calls.size()) << "a call is paid for twice in batches of " << batch;
    EXPECT_EQ(strategy->decision()->leader(), model_id(2)) << "batches of " << batch;
    const auto whole = field.start();
    const std::vector<Call> everything = go_on(*whole, field, batch, SIZE_MAX);
    EXPECT_EQ(everything.size(), field.all()) << "batches of " << batch;
    EXPECT_EQ(distinct(everything), everything.size()) << "a call is paid for twice in batches of " << batch;
  }
}

// Plans are of m calls and then of eight: batches that end where plans end know as much as single calls.
TEST(Assay, BatchesAskWhatSingleCallsAskUpToTheFirstFit) {
  for (const std::size_t models : {3U, 8U, 16U}) {
    const Field field(own_world(40, models, 0.7, models));
    const auto single = field.start();
    const auto batches = field.start();
    const std::size_t same = models % 8 == 0 ? models + 8 : models;
    std::vector<Call> one = go_on(*single, field, 1, same);
    std::vector<Call> eight = go_on(*batches, field, 8, std::max<std::size_t>(same, 8));
    eight.resize(same);
    EXPECT_EQ(eight, one) << models << " models";
  }
}

TEST(Assay, TheFirstRowAsksEveryModelTheSameQuery) {
  Field field(own_world(30, 5, 0.7, 44));
  std::rotate(field.pool.begin(), field.pool.begin() + 11, field.pool.end());
  const auto strategy = field.start();
  std::set<std::size_t> models;
  for (const Call& call : go_on(*strategy, field, 2, 5)) {
    EXPECT_EQ(call.query, query_id(11));
    models.insert(index(call.model));
  }
  EXPECT_EQ(models.size(), 5U);
}

TEST(Assay, WhatWasNotJudgedIsNotLookedAt) {
  for (const std::size_t calls : {9U, 60U, 150U}) {
    Field field(own_world(60, 6, 0.7, 45));
    field.features = features_of(field, 2, 1);
    const auto strategy = field.start();
    const std::vector<Call> made = go_on(*strategy, field, 8, calls);
    Field other = field;
    other.truth = constant_outcomes(60, 6, loss);
    for (std::size_t q = 0; q < 60; ++q) other.truth.set(query_id(q), model_id(5), win);
    for (const Call& call : made) other.truth.set(call.query, call.model, field.truth.at(call.query, call.model));
    const auto again = other.start();
    EXPECT_EQ(go_on(*again, other, 8, calls), made) << "calls depend on verdicts that nobody has given";
    EXPECT_EQ(again->posterior(), strategy->posterior());
    EXPECT_EQ(again->decision()->risk(), strategy->decision()->risk());
    EXPECT_EQ(again->decision()->calls_to_decide(), strategy->decision()->calls_to_decide());
  }
}

TEST(Assay, SameSeedSameCalls) {
  Field field(own_world(50, 6, 0.4, 46));
  field.features = features_of(field, 2, 1);
  const auto first = field.start();
  const auto second = field.start();
  EXPECT_EQ(go_on(*first, field, 5, SIZE_MAX), go_on(*second, field, 5, SIZE_MAX)) << "a run can't be repeated";
}

// Models come in the order of their names or of a leaderboard; neither may decide a tie.
TEST(Assay, TiesAreBrokenByTheSeedNotByTheOrderOfTheModels) {
  Field field(constant_outcomes(20, 4, win));
  for (const std::size_t calls : {4U, 12U, 80U}) {
    std::array<int, 4> leaders{};
    for (field.seed = 0; field.seed < 80; ++field.seed) {
      const auto strategy = field.start();
      go_on(*strategy, field, 1, calls);
      ++leaders[index(strategy->decision()->leader())];
    }
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_GT(leaders[j], 5) << "of 80 runs among four equal models, after " << calls << " calls, model " << j
                               << " was returned in " << leaders[j];
    }
  }
}

TEST(Assay, ThePosteriorOfAJudgedPoolIsOneForTheBestAndEqualForTies) {
  OutcomeTable truth = constant_outcomes(20, 4, loss);
  for (std::size_t q = 0; q < 20; ++q) {
    truth.set(query_id(q), model_id(1), q % 2 == 0 ? win : loss);
    truth.set(query_id(q), model_id(2), q < 9 ? win : q == 9 ? draw : loss);
  }
  const Field one(truth);
  const auto strategy = one.start();
  go_on(*strategy, one, 8, SIZE_MAX);
  EXPECT_EQ(strategy->decision()->leader(), model_id(1));
  EXPECT_NEAR(strategy->posterior()[1], 1, 1e-9) << "half a win ahead, and nothing is left to judge";
  truth.set(query_id(9), model_id(2), win);
  const Field two(truth);
  const auto tied = two.start();
  go_on(*tied, two, 8, SIZE_MAX);
  EXPECT_NEAR(tied->posterior()[1], 0.5, 1e-9);
  EXPECT_NEAR(tied->posterior()[2], 0.5, 1e-9);
  EXPECT_NEAR(tied->posterior()[0], 0, 1e-9);
}

TEST(Assay, OneModelIsDecidedWithoutACall) {
  const Field field(constant_outcomes(5, 1, loss));
  const auto strategy = field.start();
  EXPECT_TRUE(decide(*strategy, field).empty());
  EXPECT_EQ(strategy->decision()->risk(), 0);
  EXPECT_THAT(strategy->posterior(), ElementsAre(1.0));
}

TEST(Assay, BeforeTheFirstCallAllModelsAreEqual) {
  const Field field(own_world(30, 5, 0.7, 47));
  const auto strategy = field.start();
  for (const double probability : strategy->posterior()) EXPECT_NEAR(probability, 0.2, 1e-9);
  for (const Estimate& estimate : strategy->decision()->estimates()) {
    EXPECT_NEAR(estimate.win_rate, 0.5, 1e-9);
    EXPECT_TRUE(estimate.possible);
    EXPECT_LT(estimate.interval.low, 0.1);
    EXPECT_GT(estimate.interval.high, 0.9);
  }
  EXPECT_FALSE(decided(*strategy, {0, 0.5}));
}

TEST(Assay, TheGuaranteedRuleIsARace) {
  const Field field(own_world(60, 4, 1, 48), {0, 0.9, StopRule::guaranteed});
  Problem problem;
  problem.models = 4;
  problem.pool = field.pool;
  problem.goal = field.goal;
  const auto strategy = field.start();
  const auto race = make_race(problem);
  EXPECT_EQ(decide(*strategy, field, 4), decide(*race, field, 4));
}

TEST(Assay, RefusesVerdictsThatItDidNotAskForOrHasAlready) {
  Field field(own_world(30, 3, 0.7, 49));
  field.pool = {query_id(7), query_id(2)};
  const auto strategy = field.start();
  std::vector<Call> calls;
  strategy->propose(1, calls);
  const std::vector<Verdict> verdicts = field.answers(calls);
  strategy->observe(verdicts);
  EXPECT_THROW(strategy->observe(verdicts), InvalidArgument) << "the same verdict counted twice";
  for (const std::size_t query : {2U, 3U, 900U}) {
    const Verdict verdict{{query_id(query), model_id(0)}, win};
    EXPECT_THROW(strategy->observe({&verdict, 1}), InvalidArgument) << "query " << query;
  }
}

}  // namespace
}  // namespace assay::select
