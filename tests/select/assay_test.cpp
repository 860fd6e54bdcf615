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
  double most = 0;
  std::size_t possible = 0;
  for (const Estimate& estimate : estimates) {
    ASSERT_TRUE(estimate.risk >= 0 && estimate.risk <= 1) << when << ": a risk of " << estimate.risk;
    ASSERT_TRUE(estimate.interval.low >= -1e-12 && estimate.interval.high <= 1 + 1e-12) << when;
    ASSERT_TRUE(estimate.win_rate >= estimate.interval.low - 1e-12) << when << ": outside its interval";
    ASSERT_TRUE(estimate.win_rate <= estimate.interval.high + 1e-12) << when << ": outside its interval";
    most = std::max(most, estimate.risk);
    possible += estimate.possible ? 1 : 0;
  }
  EXPECT_LE(risk, most + 1e-12) << when;
  EXPECT_EQ(estimates[leader].risk, 0) << when;
  EXPECT_TRUE(estimates[leader].possible) << when << ": the leader itself was given up";
  const bool over = decided(strategy, field.goal);
  EXPECT_TRUE(over || possible > 1) << when << ": one is left, and nothing is decided";
  const std::size_t calls = decision.calls_to_decide();
  EXPECT_LE(calls, field.all() - judged) << when << ": more calls announced than are left";
  EXPECT_EQ(calls == 0, over) << when << ": " << calls << " more calls announced";
  const std::vector<double> posterior = strategy.posterior();
  EXPECT_NEAR(std::accumulate(posterior.begin(), posterior.end(), 0.0), 1, 1e-9) << when;
  for (const double probability : posterior) {
    ASSERT_TRUE(probability >= 0 && probability <= posterior[leader] + 1e-12)
        << when << ": the leader is not the likeliest";
  }
}

// Goes to the end, with verdicts outstanding at times, and looks at each moment.
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
  EXPECT_LE(judged, field.all()) << what;
  EXPECT_LE(strategy->decision()->risk(), 1 - field.goal.confidence + 1e-12) << what << ": it ended undecided";
  EXPECT_EQ(strategy->decision()->calls_to_decide(), 0U) << what;
  const std::vector<Estimate> estimates = strategy->decision()->estimates();
  const std::vector<double> rates = field.truth.win_rates(field.pool);
  for (std::size_t j = 0; j < rates.size(); ++j) {
    double unknown = 0;  // a call that failed may have been a loss or a win
    for (const QueryId query : field.pool) unknown += field.truth.at(query, model_id(j)) == none ? 0.5 : 0;
    unknown /= static_cast<double>(field.pool.size());
    EXPECT_LE(estimates[j].interval.low, rates[j] + unknown + kSameRate) << what << ", model " << j;
    EXPECT_GE(estimates[j].interval.high, rates[j] - unknown - kSameRate) << what << ", model " << j;
  }
  if (field.goal.confidence == 1) {
    EXPECT_LE(field.gap(strategy->decision()->leader()), field.goal.epsilon + kSameRate)
        << what << ": certain, and wrong";
  }
}

TEST(Assay, IsSoundAtEveryMoment) {
  for (const std::size_t models : {1U, 2U, 5U}) {
    for (const std::size_t queries : {1U, 2U, 17U}) {
      for (const double none_share : {0.0, 0.3}) {
        const Field field(random_outcomes(queries, models, none_share, 10 * models + queries), {0, 1});
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

TEST(Assay, BadModelsCostLittle) {
  OutcomeTable truth = random_outcomes(150, 12, 0, 42);
  for (std::size_t q = 0; q < 150; ++q) {
    for (std::size_t j = 0; j < 2; ++j) truth.set(query_id(q), model_id(j), q % 15 == 0 ? win : loss);
  }
  Field field(truth);
  Rng(8).shuffle(std::span(field.pool));
  const auto strategy = field.start();
  std::vector<std::size_t> of_model(12, 0);
  for (const Call& call : decide(*strategy, field, 1)) ++of_model[index(call.model)];
  EXPECT_LT(of_model[0] + of_model[1], 20U) << "two models that win 7 % are judged on and on";
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
    EXPECT_TRUE(go_on(*strategy, field, batch, SIZE_MAX).empty()) << "decided, and calls are still paid for";
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

// --- the theorem, where it bites: tiny pools, low confidence, rewards that no model foresees ---

struct Rewards {
  std::vector<std::vector<double>> rows;  // a row for each query
  std::vector<double> weights = {};       // sum: the number of queries

  double sum(std::size_t model) const {
    double result = 0;
    for (std::size_t q = 0; q < rows.size(); ++q) result += (weights.empty() ? 1 : weights[q]) * rows[q][model];
    return result;
  }
};

struct Setting {
  double epsilon = 0;
  double confidence = 0.6;
  std::size_t batch = 1;
  bool baseline = false;
  std::size_t known = 0;  // of the first model
  double step = 0;
  RewardTable assistant = {};  // empty: none
};

// Share of seeds, each with an order of the pool of its own, that end more than epsilon below the best.
double wrong_share(const Rewards& rewards, const Setting& setting, std::size_t runs) {
  const std::size_t m = rewards.rows[0].size();
  double wrong = 0;
  for (std::uint64_t seed = 0; seed < runs; ++seed) {
    Problem problem{.models = m + (setting.baseline ? 1 : 0),
                    .baseline = setting.baseline,
                    .step = setting.step,
                    .assistant = setting.assistant.queries() > 0 ? borrowed(setting.assistant) : nullptr,
                    .seed = seed,
                    .goal = {setting.epsilon, setting.confidence}};
    for (std::size_t q = 0; q < rewards.rows.size(); ++q) problem.pool.push_back(query_id(q));
    Rng(seed, 3).shuffle(std::span(problem.pool));
    for (const QueryId query : problem.pool) {
      if (!rewards.weights.empty()) problem.weights.push_back(rewards.weights[index(query)]);
    }
    for (std::size_t q = 0; q < setting.known; ++q) {
      problem.known.emplace_back(Call{query_id(q), model_id(0)}, rewards.rows[q][0]);
    }
    const auto strategy = make_assay(problem, {});
    std::vector<Call> calls;
    while (!decided(*strategy, problem.goal)) {
      calls.clear();
      strategy->propose(setting.batch, calls);
      if (calls.empty()) break;
      std::vector<Verdict> verdicts;
      for (const Call& call : calls)
        verdicts.emplace_back(call, rewards.rows[index(call.query)].at(index(call.model)));
      strategy->observe(verdicts);
    }
    EXPECT_TRUE(decided(*strategy, problem.goal)) << "everything may be asked, and it ends undecided";
    const auto all = static_cast<double>(rewards.rows.size());
    double best = setting.baseline ? all / 2 : 0;
    for (std::size_t j = 0; j < m; ++j) best = std::max(best, rewards.sum(j));
    const std::size_t leader = index(strategy->decision()->leader());
    const double got = leader < m ? rewards.sum(leader) : all / 2;
    wrong += best - got > setting.epsilon * all + 1e-9 ? 1 : 0;
  }
  return wrong / static_cast<double>(runs);
}

void expect_promise(const Rewards& rewards, const Setting& setting, const std::string& what) {
  constexpr std::size_t kRuns = 2000;
  const double allowed = 1 - setting.confidence;
  const double error = std::sqrt(allowed * (1 - allowed) / kRuns);
  EXPECT_LE(wrong_share(rewards, setting, kRuns), allowed + 3 * error) << what;
}

// The better model wins few queries by much, or loses all but one of those that seem sure.
const Rewards kTraps[] = {
    {{{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 1}}},
    {{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 0}, {0, 1}, {0, 1}}},
    {{{0.5, 0.6}, {0.5, 0.4}, {0.5, 0.45}, {0.5, 0.6}, {0.5, 0.55}, {0.5, 0.5}, {0.5, 0.41}}},
    {{{1, 0, 0.5}, {0, 1, 0.5}, {1, 0, 0.5}, {0, 1, 0.5}, {0, 0, 0.6}, {1, 1, 0.5}, {0, 0, 0.5}, {0, 0.5, 0.5}}},
};

TEST(AssayTheorem, HoldsForRewardsThatNobodyForesees) {
  std::size_t which = 0;
  for (const Rewards& trap : kTraps) {
    for (const double epsilon : {0.0, 0.05}) {
      for (const double confidence : {0.5, 0.8}) {
        expect_promise(trap, {.epsilon = epsilon, .confidence = confidence},
                       "trap " + std::to_string(which) + ", epsilon " + std::to_string(epsilon));
      }
    }
    ++which;
  }
}

TEST(AssayTheorem, HoldsInBatchesWithKnownAnswersWeightsAndABaseline) {
  for (const Rewards& trap : kTraps) {
    expect_promise(trap, {.batch = 5}, "batches of five");
    expect_promise(trap, {.known = 4}, "half of one model is known");
    expect_promise(trap, {.baseline = true}, "the baseline is a candidate");
    Rewards weighted = trap;
    double sum = 0;
    for (std::size_t q = 0; q < trap.rows.size(); ++q) {
      weighted.weights.push_back(q % 3 == 0 ? 2.0 : 0.5);
      sum += weighted.weights.back();
    }
    for (double& weight : weighted.weights) weight *= static_cast<double>(trap.rows.size()) / sum;
    expect_promise(weighted, {}, "weights");
  }
}

// It may be a liar, or one who knows all but what matters.
TEST(AssayTheorem, HoldsWhateverAnAssistantSays) {
  for (const Rewards& trap : kTraps) {
    RewardTable liar(trap.rows.size(), trap.rows[0].size());
    RewardTable almost = liar;
    for (std::size_t q = 0; q < trap.rows.size(); ++q) {
      for (std::size_t j = 0; j < trap.rows[0].size(); ++j) {
        liar.set(query_id(q), model_id(j), 1 - trap.rows[q][j]);
        almost.set(query_id(q), model_id(j), q + 1 < trap.rows.size() ? trap.rows[q][j] : 1 - trap.rows[q][j]);
      }
    }
    for (const RewardTable& assistant : {liar, almost}) {
      expect_promise(trap, {.assistant = assistant}, "an assistant that misleads");
      expect_promise(trap, {.confidence = 0.8, .batch = 3, .assistant = assistant}, "in batches of three");
    }
  }
}

TEST(Assay, WhatIsKnownIsNotAskedForAndTheBaselineCostsNothing) {
  const Field field(own_world(80, 4, 0.7, 51));
  Problem problem{.models = 5, .pool = field.pool, .baseline = true, .goal = {}};
  for (std::size_t q = 0; q < 40; ++q) {
    problem.known.emplace_back(Call{query_id(q), model_id(q % 4)}, field.truth.at(query_id(q), model_id(q % 4)));
  }
  const auto strategy = make_assay(problem, {});
  for (const Call& call : decide(*strategy, field, 1)) {
    EXPECT_LT(index(call.model), 4U) << "a call for the baseline";
    EXPECT_FALSE(index(call.query) < 40 && index(call.query) % 4 == index(call.model))
        << "known, and paid for again";
  }
  EXPECT_TRUE(decided(*strategy, problem.goal));
}

TEST(Assay, KeepsTheBaselineIfNobodyBeatsIt) {
  OutcomeTable truth = constant_outcomes(60, 3, loss);
  for (std::size_t q = 0; q < 60; ++q) truth.set(query_id(q), model_id(1), q % 4 == 0 ? win : loss);
  const Field field(truth);
  const auto strategy = make_assay({.models = 4, .pool = field.pool, .baseline = true}, {});
  const std::size_t calls = decide(*strategy, field, 1).size();
  EXPECT_EQ(strategy->decision()->leader(), model_id(3));
  EXPECT_LT(calls, 60U);
  EXPECT_EQ(strategy->decision()->estimates()[3].interval.low, 0.5);
}

// The bets of a run stand: a model that joins costs what placing it takes, the others next to nothing.
TEST(Assay, ANewModelInADecidedProblemCostsLittle) {
  const Field all(own_world(200, 8, 0.7, 52));
  std::vector<Verdict> told;
  Problem problem{.models = 7, .pool = all.pool, .seed = 3, .goal = {}};
  const auto first = make_assay(problem, {});
  for (std::vector<Call> calls; !decided(*first, problem.goal); calls.clear()) {
    first->propose(1, calls);
    const std::vector<Verdict> verdicts = all.answers(calls);
    first->observe(verdicts);
    told.insert(told.end(), verdicts.begin(), verdicts.end());
  }
  problem.models = 8;
  problem.known = told;
  const auto without = make_assay(problem, {});
  problem.earlier = first->draws();
  const auto with = make_assay(problem, {});
  const std::size_t cost = decide(*with, all, 1).size();
  EXPECT_TRUE(decided(*with, problem.goal));
  EXPECT_LT(cost, told.size() / 4) << "of " << told.size();
  EXPECT_LT(cost, decide(*without, all, 1).size()) << "the draws of the first run saved nothing";
}

// Nobody is asked: what the draws of a run came to is seen without a call, failed calls included.
TEST(Assay, LookingSaysWhatARunDecided) {
  OutcomeTable truth = own_world(200, 8, 0.7, 52);
  for (std::size_t q = 0; q < 200; q += 5) truth.set(query_id(q), model_id(q % 8), none);
  const Field field(truth);
  Problem problem{.models = 9, .pool = field.pool, .baseline = true, .seed = 3, .goal = {}};
  const Call known{field.pool.front(), model_id(0)};
  std::vector<Verdict> told =
      field.answers({&known, 1});  // so that there is no race, whose bets are not left behind
  problem.known = told;
  const auto first = make_assay(problem, {});
  for (std::vector<Call> calls; !decided(*first, problem.goal); calls.clear()) {
    first->propose(1, calls);
    const std::vector<Verdict> verdicts = field.answers(calls);
    first->observe(verdicts);
    told.insert(told.end(), verdicts.begin(), verdicts.end());
  }
  ASSERT_FALSE(first->draws().empty());
  problem.known = told;
  problem.earlier = first->draws();
  problem.looks_only = true;
  const auto look = make_assay(problem, {});
  EXPECT_TRUE(decided(*look, problem.goal));
  EXPECT_EQ(look->decision()->leader(), first->decision()->leader());
}

// Queries that nobody was asked about count what is expected there, not 1/2.
TEST(Assay, EstimatesForecastWhatIsNotKnownBeforeTheFirstCall) {
  Problem problem{.models = 3, .pool = {}, .goal = {}};
  for (std::size_t q = 0; q < 120; ++q) problem.pool.push_back(query_id(q));
  for (std::size_t q = 0; q < 100; ++q) {
    for (std::size_t j = 0; j < 3; ++j) {
      problem.known.emplace_back(Call{query_id(q), model_id(j)}, j == 0   ? 1.0
                                                                 : j == 1 ? (q % 2 == 0 ? 1.0 : 0.0)
                                                                          : 0.0);
    }
  }
  const std::vector<Estimate> estimates = make_assay(problem, {})->decision()->estimates();
  EXPECT_GT(estimates[0].win_rate, 0.97);
  EXPECT_NEAR(estimates[1].win_rate, 0.5, 0.03);
  EXPECT_LT(estimates[2].win_rate, 0.03);
}

// Queries that join: the leader is judged on them, and who was put out must not have won them all.
TEST(Assay, NewQueriesInADecidedProblemCostLittle) {
  const Field all(own_world(220, 8, 0.7, 52));
  std::vector<Verdict> told;
  Problem problem{.models = 8, .pool = {all.pool.begin(), all.pool.begin() + 200}, .seed = 3, .goal = {}};
  const auto first = make_assay(problem, {});
  for (std::vector<Call> calls; !decided(*first, problem.goal); calls.clear()) {
    first->propose(1, calls);
    const std::vector<Verdict> verdicts = all.answers(calls);
    first->observe(verdicts);
    told.insert(told.end(), verdicts.begin(), verdicts.end());
  }
  problem.pool = all.pool;
  problem.known = told;
  const auto without = make_assay(problem, {});
  problem.earlier = first->draws();
  const auto with = make_assay(problem, {});
  const std::size_t cost = decide(*with, all, 1).size();
  EXPECT_TRUE(decided(*with, problem.goal));
  EXPECT_GE(cost, 20U) << "the leader on what is new";
  EXPECT_LT(cost, told.size() / 3) << "of " << told.size();
  EXPECT_LT(cost, decide(*without, all, 1).size()) << "the draws of the first run saved nothing";
}

TEST(Assay, AnswersInPartsLeadToTheSamePlan) {
  const Field field(own_world(60, 5, 0.5, 53));
  const auto whole = field.start();
  const auto parts = field.start();
  for (std::vector<Call> calls; !decided(*whole, field.goal); calls.clear()) {
    whole->propose(7, calls);
    std::vector<Call> same;
    parts->propose(7, same);
    ASSERT_EQ(calls, same);
    if (calls.empty()) break;
    const std::vector<Verdict> verdicts = field.answers(calls);
    whole->observe(verdicts);
    for (const Verdict& verdict : verdicts) parts->observe({&verdict, 1});
    ASSERT_EQ(whole->decision()->risk(), parts->decision()->risk());
  }
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
