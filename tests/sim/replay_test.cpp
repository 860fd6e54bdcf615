#include "assay/sim/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "tests/reference/replay.h"
#include "tests/select/sample_problem.h"

namespace assay::sim {
namespace {

using testing::ElementsAre;
using enum Outcome;

// Asks call by call, query after query, so that labels can be fractions of a query.
class CallByCall : public select::Strategy {
 public:
  explicit CallByCall(const select::Problem& problem)
      : models_(problem.models), pool_(problem.pool.begin(), problem.pool.end()) {}
  void propose(std::size_t limit, std::vector<Call>& calls) override {
    for (; limit > 0 && next_ < models_ * pool_.size(); --limit, ++next_) {
      calls.push_back({pool_[next_ / models_], model_id(next_ % models_)});
    }
  }
  void observe(std::span<const Verdict> /*verdicts*/) override {}
  std::vector<double> posterior() const override {
    return std::vector(models_, 1.0 / static_cast<double>(models_));
  }

 private:
  std::size_t models_;
  std::vector<QueryId> pool_;
  std::size_t next_ = 0;
};

std::unique_ptr<select::Strategy> make_call_by_call(const select::Problem& problem,
                                                    const ParameterValues& /*parameters*/) {
  return std::make_unique<CallByCall>(problem);
}

const select::StrategyEntry kCallByCall{.name = "call-by-call", .help = "", .make = make_call_by_call};

std::vector<Competitor> all_competitors() {
  std::vector<Competitor> competitors;
  for (const select::StrategyEntry& entry : select::strategies()) {
    if (!entry.told_budget) competitors.push_back({&entry, {}, entry.returns});
  }
  competitors.push_back({&kCallByCall, {}, select::ReturnRule::win_rate});
  return competitors;
}

// One table in the shape of `rows`, replayed with the whole of it as pool.
struct Tiny {
  explicit Tiny(const std::vector<std::vector<Outcome>>& rows) : table(rows.size(), rows[0].size()) {
    for (std::size_t q = 0; q < rows.size(); ++q) {
      for (std::size_t j = 0; j < rows[q].size(); ++j) table.set(query_id(q), model_id(j), rows[q][j]);
    }
    setup.rewards = &table;
    setup.realizations = 1;
    setup.pool = setup.budget = rows.size();
    setup.threads = 1;
  }
  ReplayResult run(const select::StrategyEntry& entry, select::ReturnRule returns = select::ReturnRule::win_rate) {
    const Competitor competitor{&entry, {}, returns};
    return replay(setup, std::span(&competitor, 1))[0];
  }
  RewardTable table;
  ReplaySetup setup;
};

bool equal(const StopResult& a, const StopResult& b) {
  return a.confidence == b.confidence && a.epsilon == b.epsilon && a.calls_mean == b.calls_mean &&
         a.calls_p95 == b.calls_p95 && a.wrong == b.wrong && a.undecided == b.undecided;
}

bool equal(const ReplayResult& a, const ReplayResult& b) {
  const bool same_stop = a.stop.has_value() == b.stop.has_value() && (!a.stop || equal(*a.stop, *b.stop));
  return a.identification == b.identification && a.gap95 == b.gap95 && a.gap_mean == b.gap_mean &&
         a.labels_to_reach == b.labels_to_reach && same_stop;
}

TEST(Replay, OneModelThatAlwaysWinsIsFoundByTheFirstRow) {
  Tiny tiny({{loss, win, draw}, {loss, win, loss}, {loss, win, loss}});
  const ReplayResult result = tiny.run(select::strategy("random"));
  EXPECT_THAT(result.identification, ElementsAre(1, 1, 1));
  EXPECT_THAT(result.gap_mean, ElementsAre(0, 0, 0));
  EXPECT_THAT(result.labels_to_reach, testing::Each(std::optional<double>(1.0)));
}

TEST(Replay, AModelThatTiesForTheBestIsTheBest) {
  // Whatever the first row, its winner is returned, and both models have won half of the pool.
  Tiny tiny({{win, loss}, {loss, win}});
  tiny.setup.realizations = 20;
  EXPECT_THAT(tiny.run(select::strategy("random")).identification, ElementsAre(1, 1));
}

TEST(Replay, GapsAndLabelsByHand) {
  // Win rates 1/4 and 3/4. The first row's winner is model 0 in the realizations whose pool begins with the odd
  // query: a gap of 1/2 after one row; after two rows a tie or model 1; after three rows model 1 always.
  Tiny tiny({{win, loss}, {loss, win}, {loss, win}, {loss, win}});
  tiny.setup.realizations = 400;
  const ReplayResult result = tiny.run(select::strategy("random"));
  EXPECT_NEAR(result.identification[0], 0.75, 0.08);
  EXPECT_NEAR(result.gap_mean[0], 0.5 * (1 - result.identification[0]), 1e-12);
  EXPECT_EQ(result.gap95[0], 0.5);
  // Two rows: 1/2 of the pools hold the odd query, and half of those ties go to model 0.
  EXPECT_NEAR(result.identification[1], 0.75, 0.08);
  EXPECT_THAT(std::vector(result.identification.begin() + 2, result.identification.end()), ElementsAre(1, 1));
  EXPECT_EQ(result.gap95[2], 0.0);
  EXPECT_THAT(result.labels_to_reach, testing::Each(std::optional<double>(3.0))) << "no gap is between 0 and 5 %";
  tiny.setup.budget = 2;
  EXPECT_THAT(tiny.run(select::strategy("random")).labels_to_reach, testing::Each(std::optional<double>()))
      << "never within the budget is null, not a number";
}

TEST(Replay, LabelsCountSingleCalls) {
  // Model 1 is the best. If the query that model 0 wins comes first, the two tie until model 0 loses with the
  // fourth call; in the other order the second call decides.
  Tiny tiny({{win, win, loss}, {loss, win, loss}});
  tiny.setup.realizations = 200;
  const ReplayResult result = tiny.run(kCallByCall);
  EXPECT_THAT(result.labels_to_reach, testing::Each(std::optional<double>(4.0 / 3)));
  EXPECT_NEAR(result.identification[0], 0.75, 0.1);
  EXPECT_EQ(result.identification[1], 1.0);
}

void expect_reference(const ReplaySetup& setup) {
  const std::vector<Competitor> competitors = all_competitors();
  const std::vector<ReplayResult> results = replay(setup, competitors);
  ASSERT_EQ(results.size(), competitors.size());
  for (std::size_t c = 0; c < competitors.size(); ++c) {
    const ReplayResult expected = reference_replay(setup, competitors[c]);
    const std::string who(competitors[c].entry->name);
    EXPECT_THAT(results[c].identification, testing::Pointwise(testing::DoubleNear(1e-12), expected.identification))
        << who;
    EXPECT_THAT(results[c].gap95, testing::Pointwise(testing::DoubleNear(1e-12), expected.gap95)) << who;
    EXPECT_THAT(results[c].gap_mean, testing::Pointwise(testing::DoubleNear(1e-12), expected.gap_mean)) << who;
    EXPECT_EQ(results[c].labels_to_reach, expected.labels_to_reach) << who;
    ASSERT_EQ(results[c].stop.has_value(), expected.stop.has_value()) << who;
    if (!expected.stop) continue;
    const StopResult& stop = *results[c].stop;
    EXPECT_EQ(stop.confidence, setup.confidence) << who;
    EXPECT_EQ(stop.epsilon, setup.epsilon) << who;
    EXPECT_NEAR(stop.calls_mean, expected.stop->calls_mean, 1e-9) << who;
    EXPECT_EQ(stop.calls_p95, expected.stop->calls_p95) << who;
    EXPECT_NEAR(stop.wrong, expected.stop->wrong, 1e-12) << who;
    EXPECT_NEAR(stop.undecided, expected.stop->undecided, 1e-12) << who;
  }
}

// Batches of 0 (each strategy's own), less than a row, more than one, and of a size that leaves a rest.
TEST(Replay, AgreesWithTheReference) {
  for (const double none_share : {0.0, 0.15}) {
    const SampleProblem sample = sample_problem({.models = 5, .queries = 24, .none_share = none_share}, 51);
    const RewardTable truth(sample.truth);
    ReplaySetup setup;
    setup.rewards = &truth;
    setup.weak = borrowed(sample.weak);
    setup.similarity = borrowed(sample.similarity);
    if (none_share > 0) setup.features = borrowed(sample.features);
    setup.pool = 16;
    setup.budget = 13;
    setup.seed = 9;
    setup.threads = 2;
    setup.confidence = 0.7;
    for (const std::size_t realizations : {1U, 19U, 40U}) {
      setup.realizations = realizations;
      expect_reference(setup);
    }
    setup.realizations = 19;
    setup.epsilon = 0.1;
    for (const std::size_t batch : {3U, 5U, 8U, 64U}) {
      setup.batch = batch;
      expect_reference(setup);
    }
  }
}

// A strategy that stops by itself with a leader and a risk that are told beforehand: model 0 and 0.2 from the
// third call on, 0.07 from the sixth; from the ninth on model 1 and 0.02.
class ByTheClock : public CallByCall, private select::Decision {
 public:
  using CallByCall::CallByCall;
  void observe(std::span<const Verdict> verdicts) override { calls_ += verdicts.size(); }
  const select::Decision* decision() const override { return this; }

 private:
  ModelId leader() const override { return model_id(calls_ < 9 ? 0 : 1); }
  double risk() const override { return calls_ < 3 ? 1 : calls_ < 6 ? 0.2 : calls_ < 9 ? 0.07 : 0.02; }
  double population_risk() const override { return risk(); }
  std::vector<select::Estimate> estimates() const override { return {}; }
  std::size_t calls_to_decide() const override { return 0; }
  std::size_t calls_ = 0;
};

std::unique_ptr<select::Strategy> make_by_the_clock(const select::Problem& problem,
                                                    const ParameterValues& /*parameters*/) {
  return std::make_unique<ByTheClock>(problem);
}

const select::StrategyEntry kByTheClock{.name = "by-the-clock",
                                        .help = "",
                                        .stops = true,
                                        .returns = select::ReturnRule::estimate,
                                        .make = make_by_the_clock};

TEST(Replay, StopsByHand) {
  // Model 1 wins 3/5, model 0 wins 2/5.
  Tiny tiny({{win, loss}, {loss, win}, {loss, win}, {win, loss}, {loss, win}});
  const auto stop = [&](double confidence) {
    tiny.setup.confidence = confidence;
    return *tiny.run(kByTheClock, select::ReturnRule::estimate).stop;
  };
  EXPECT_EQ(stop(0.9).calls_mean, 6);
  EXPECT_EQ(stop(0.9).wrong, 1) << "stopped at a model 20 points below the best";
  EXPECT_EQ(stop(0.95).calls_mean, 9);
  EXPECT_EQ(stop(0.95).calls_p95, 9);
  EXPECT_EQ(stop(0.95).wrong, 0);
  EXPECT_EQ(stop(0.99).calls_mean, 10) << "all calls, as it never stops";
  EXPECT_EQ(stop(0.99).undecided, 1);
  EXPECT_EQ(stop(0.99).wrong, 0) << "what did not stop did not stop wrongly";

  tiny.setup.epsilon = 0.2;
  EXPECT_EQ(stop(0.9).wrong, 0) << "20 points less are allowed";
  tiny.setup.epsilon = 0.19;
  EXPECT_EQ(stop(0.9).wrong, 1);
  tiny.setup.batch = 4;
  EXPECT_EQ(stop(0.9).calls_mean, 8) << "a decision is looked at after each batch";
  EXPECT_EQ(stop(0.95).calls_mean, 10) << "the last batch is cut to the budget";
  tiny.setup.batch = 0;
  tiny.setup.budget = 4;
  EXPECT_EQ(stop(0.95).undecided, 1) << "eight calls are not nine";
}

// The curves are those of runs that end at the confidence asked for.
TEST(Replay, TheCurvesEndWithTheDecision) {
  Tiny tiny({{win, loss}, {loss, win}, {loss, win}, {win, loss}, {loss, win}});
  tiny.setup.confidence = 0.9;
  EXPECT_THAT(tiny.run(kByTheClock, select::ReturnRule::estimate).identification, ElementsAre(0, 0, 0, 0, 0))
      << "at 90 % it ends with call 6, before the better model leads";
  tiny.setup.confidence = 0.95;
  EXPECT_THAT(tiny.run(kByTheClock, select::ReturnRule::estimate).identification, ElementsAre(0, 0, 0, 0, 1));
}

TEST(Replay, OnlyStrategiesThatStopHaveStops) {
  Tiny tiny({{loss, win}, {loss, win}, {draw, win}});
  EXPECT_FALSE(tiny.run(select::strategy("random")).stop.has_value());
  const ReplayResult result = tiny.run(select::strategy("assay"), select::ReturnRule::estimate);
  ASSERT_TRUE(result.stop.has_value());
  EXPECT_EQ(result.stop->wrong, 0);
  EXPECT_EQ(result.stop->undecided, 0) << "the whole pool may be judged";
  EXPECT_LE(result.stop->calls_mean, 6);
}

// What it asks first depends on the budget: each budget of the grid is a run of its own, and the curve rests
// between.
TEST(Replay, WhoIsToldItsBudgetRunsForEach) {
  const SampleProblem sample = sample_problem({.models = 4, .queries = 30}, 57);
  const RewardTable truth(sample.truth);
  ReplaySetup setup;
  setup.rewards = &truth;
  setup.realizations = 20;
  setup.pool = setup.budget = 20;
  const Competitor competitor{&select::strategy("sysrs"), {}, select::strategy("sysrs").returns};
  const ReplayResult result = replay(setup, std::span(&competitor, 1))[0];
  EXPECT_FALSE(result.stop.has_value());
  EXPECT_EQ(result.gap_mean[13], result.gap_mean[12]) << "13 and then 14 is not on a grid of 15 %";
  EXPECT_EQ(result.identification.back(), 1) << "told a budget for everything, it judges everything";
}

TEST(Replay, PartsMakeTheWholeToTheLastBit) {
  const SampleProblem sample = sample_problem({.models = 5, .queries = 40}, 59);
  const RewardTable truth(sample.truth);
  ReplaySetup setup;
  setup.rewards = &truth;
  setup.weak = borrowed(sample.weak);
  setup.similarity = borrowed(sample.similarity);
  setup.realizations = 20;
  setup.pool = 25;
  setup.budget = 10;
  setup.generating.assign(truth.queries() * truth.models(), 0.25);
  setup.judging.assign(truth.queries() * truth.models(), 0.5);
  const std::vector<Competitor> competitors = all_competitors();
  const std::vector<ReplayResult> whole = replay(setup, competitors);
  const std::vector<Part> ranges = {{.begin = 13, .end = 20}, {.begin = 5, .end = 5}, {.begin = 0, .end = 13}};
  std::vector<std::vector<double>> numbers;
  std::vector<PlayedPart> parts;
  for (const Part& range : ranges) numbers.push_back(replay_part(setup, competitors, range));
  for (std::size_t i = 0; i < ranges.size(); ++i) parts.push_back({ranges[i], numbers[i]});
  EXPECT_TRUE(numbers[1].empty());
  const std::vector<ReplayResult> joined = replay_of_parts(setup, competitors, parts);
  for (std::size_t c = 0; c < competitors.size(); ++c) {
    EXPECT_TRUE(equal(joined[c], whole[c])) << competitors[c].entry->name;
  }

  const std::vector<PlayedPart> one = {parts[0]};
  const std::vector<PlayedPart> twice = {parts[0], parts[2], parts[2]};
  EXPECT_THROW(replay_of_parts(setup, competitors, one), InvalidArgument);
  EXPECT_THROW(replay_of_parts(setup, competitors, twice), InvalidArgument);
  EXPECT_THROW(replay_part(setup, competitors, {.begin = 0, .end = 21}), InvalidArgument);
  EXPECT_THROW(replay_part(setup, competitors, {.begin = 3, .end = 2}), InvalidArgument);
  // Numbers that are cut off, too many, or out of range.
  for (const std::size_t kept : {std::size_t{0}, std::size_t{5}, numbers[0].size() - 1}) {
    std::vector<PlayedPart> cut = parts;
    cut[0].numbers = std::span(numbers[0]).first(kept);
    EXPECT_THROW(replay_of_parts(setup, competitors, cut), DataError) << kept;
  }
  for (const double wrong : {-1.0, 0.5, 1e300, std::nan("")}) {
    std::vector<double> changed = numbers[0];
    changed[0] = wrong;
    std::vector<PlayedPart> others = parts;
    others[0].numbers = changed;
    EXPECT_THROW(replay_of_parts(setup, competitors, others), DataError) << wrong;
  }
}

TEST(Replay, TheSameForAnyNumberOfThreads) {
  const SampleProblem sample = sample_problem({.models = 7, .queries = 40}, 53);
  const RewardTable truth(sample.truth);
  ReplaySetup setup;
  setup.rewards = &truth;
  setup.weak = borrowed(sample.weak);
  setup.similarity = borrowed(sample.similarity);
  setup.realizations = 30;
  setup.pool = 25;
  setup.budget = 10;
  setup.threads = 1;
  const std::vector<Competitor> competitors = all_competitors();
  const std::vector<ReplayResult> one = replay(setup, competitors);
  for (const std::size_t threads : {2U, 5U}) {
    setup.threads = threads;
    const std::vector<ReplayResult> more = replay(setup, competitors);
    for (std::size_t c = 0; c < competitors.size(); ++c) {
      EXPECT_TRUE(equal(more[c], one[c]))
          << competitors[c].entry->name << " differs with " << threads << " threads";
    }
  }
  setup.seed = 2;
  EXPECT_FALSE(equal(replay(setup, competitors)[0], one[0])) << "the seed changes nothing";
}

TEST(Replay, ACompetitorDoesNotDependOnTheOthers) {
  const SampleProblem sample = sample_problem({.models = 4, .queries = 20}, 54);
  const RewardTable truth(sample.truth);
  ReplaySetup setup;
  setup.rewards = &truth;
  setup.weak = borrowed(sample.weak);
  setup.similarity = borrowed(sample.similarity);
  setup.realizations = 10;
  setup.pool = setup.budget = 12;
  const std::vector<Competitor> competitors = all_competitors();
  const std::vector<ReplayResult> together = replay(setup, competitors);
  for (std::size_t c = 0; c < competitors.size(); ++c) {
    EXPECT_TRUE(equal(replay(setup, std::span(&competitors[c], 1))[0], together[c])) << competitors[c].entry->name;
  }
}

TEST(Replay, SetupsOutOfRangeAreRefused) {
  const RewardTable table(random_outcomes(10, 3, 0, 1));
  const auto refuses = [&](auto change, const std::string& said) {
    ReplaySetup setup;
    setup.rewards = &table;
    setup.pool = setup.budget = 5;
    EXPECT_NO_THROW(check(setup));
    change(setup);
    try {
      check(setup);
      ADD_FAILURE() << "accepted: " << said;
    } catch (const InvalidArgument& failure) {
      EXPECT_THAT(failure.what(), testing::HasSubstr(said));
    }
  };
  refuses([](ReplaySetup& s) { s.rewards = nullptr; }, "recorded rewards");
  refuses([](ReplaySetup& s) { s.realizations = 0; }, "realizations");
  refuses([](ReplaySetup& s) { s.pool = 0; }, "1 to 10 queries, came 0");
  refuses([](ReplaySetup& s) { s.pool = 11; }, "1 to 10 queries, came 11");
  refuses([](ReplaySetup& s) { s.budget = 0; }, "1 to 5 query equivalents");
  refuses([](ReplaySetup& s) { s.budget = 6; }, "came 6");
  refuses([](ReplaySetup& s) { s.confidence = 0; }, "confidence");
  refuses([](ReplaySetup& s) { s.confidence = 1.01; }, "confidence");
  refuses([](ReplaySetup& s) { s.confidence = std::nan(""); }, "confidence");
  refuses([](ReplaySetup& s) { s.epsilon = -0.01; }, "epsilon");
  refuses([](ReplaySetup& s) { s.epsilon = 1; }, "epsilon");
  refuses([](ReplaySetup& s) { s.epsilon = std::nan(""); }, "epsilon");
  const RewardTable no_models(10, 0);
  refuses([&](ReplaySetup& s) { s.rewards = &no_models; }, "at least one model");
}

TEST(Replay, AStrategyThatLacksSomethingStopsTheReplay) {
  Tiny tiny({{win, loss}, {loss, win}});
  EXPECT_THROW(tiny.run(select::strategy("llm-selector")), InvalidArgument);
}

// Two models, the second one ten times as dear, and equal in all that they get but the first query.
struct Priced : Tiny {
  Priced() : Tiny(std::vector<std::vector<Outcome>>(40, {loss, loss})) {
    for (std::size_t q = 0; q < 40; ++q) {
      if (q % 2 == 0) table.set(query_id(q), model_id(0), win);
      if (q % 2 == 0 || q == 1) table.set(query_id(q), model_id(1), win);
    }
    setup.step = 0.5;
    setup.realizations = 20;
    for (std::size_t q = 0; q < 40; ++q) {
      setup.generating.insert(setup.generating.end(), {1, 10});
      setup.judging.insert(setup.judging.end(), {0.5, 0.5});
    }
    setup.prices = {1, 10};
  }
  StopResult run_assay(bool lazy) {
    const select::StrategyEntry& entry = select::strategy("assay");
    const Competitor competitor{.entry = &entry, .parameters = {}, .returns = entry.returns, .lazy = lazy};
    return *replay(setup, std::span(&competitor, 1))[0].stop;
  }
};

TEST(Replay, DollarsAreThoseOfTheCallsOrOfAllAnswers) {
  Priced priced;
  const StopResult first = priced.run_assay(false);
  ASSERT_TRUE(first.dollars);
  EXPECT_NEAR(first.dollars->all, 40 * (1 + 10 + 2 * 0.5), 1e-9);
  EXPECT_NEAR(first.dollars->all_generating, 40 * (1 + 10), 1e-9);
  EXPECT_NEAR(first.dollars->judging, 0.5 * first.calls_mean, 1e-9);
  EXPECT_NEAR(first.dollars->mean, first.dollars->all_generating + first.dollars->judging, 1e-9);
  EXPECT_NEAR(first.dollars->share, first.dollars->mean / first.dollars->all, 1e-9);
  const StopResult lazy = priced.run_assay(true);
  EXPECT_NEAR(lazy.dollars->judging, 0.5 * lazy.calls_mean, 1e-9);
  EXPECT_GE(lazy.dollars->mean, 1.5 * lazy.calls_mean - 1e-9) << "no call costs less";
  EXPECT_LE(lazy.dollars->mean, 10.5 * lazy.calls_mean + 1e-9) << "or more";
  EXPECT_LE(lazy.dollars->p95, lazy.dollars->all + 1e-9);
  priced.setup.generating.clear();
  priced.setup.judging.clear();
  EXPECT_FALSE(priced.run_assay(true).dollars);
}

TEST(Replay, TheCheapestThatIsGoodEnoughIsTheOnlyRightAnswer) {
  Priced priced;
  const auto identified = [&](double good_enough) {
    priced.setup.good_enough = good_enough;
    const StopResult stop = priced.run_assay(true);
    EXPECT_LE(stop.wrong, 0.1);
    EXPECT_EQ(stop.undecided, 0);
    const select::StrategyEntry& entry = select::strategy("assay");
    const Competitor competitor{.entry = &entry, .parameters = {}, .returns = entry.returns};
    return replay(priced.setup, std::span(&competitor, 1))[0].identification.back();
  };
  EXPECT_GE(identified(0.025), 0.9) << "the first model: one query of 40 less is allowed";
  EXPECT_GE(identified(0.0), 0.9) << "the second one";
  EXPECT_THROW(
      {
        priced.setup.prices = {1};
        priced.run_assay(true);
      },
      InvalidArgument);
}

TEST(Efficiency, IsAgainstTheBestBaselineThatGotThere) {
  ReplayResult ours;
  ReplayResult first;
  ReplayResult second;
  ours.labels_to_reach = {30.0, 12.5, std::nullopt, 8.0};
  first.labels_to_reach = {60.0, 10.0, 4.0, std::nullopt};
  second.labels_to_reach = {std::nullopt, 20.0, 4.0, std::nullopt};
  const std::vector<const ReplayResult*> baselines = {&first, &second};
  const auto shares = efficiency(ours, baselines);
  EXPECT_EQ(shares[0], std::optional(0.5)) << "half of the labels";
  EXPECT_EQ(shares[1], std::optional(-0.25)) << "a quarter more than the best baseline";
  EXPECT_EQ(shares[2], std::nullopt) << "never got there";
  EXPECT_EQ(shares[3], std::nullopt) << "no baseline got there";
  EXPECT_EQ(efficiency(first, baselines)[0], std::optional(0.0)) << "the best baseline against itself";
  EXPECT_EQ(efficiency(ours, {})[0], std::nullopt);
}

// Model 0 wins two queries of three, model 1 the third, which weighs four times as much.
TEST(Replay, GapsAreOfTheWeightedMeans) {
  RewardTable rewards(3, 2);
  for (std::size_t q = 0; q < 3; ++q) {
    rewards.set(query_id(q), model_id(0), q < 2 ? win : loss);
    rewards.set(query_id(q), model_id(1), q < 2 ? loss : win);
  }
  ReplaySetup setup;
  setup.rewards = &rewards;
  setup.realizations = 3;
  setup.pool = 3;
  setup.budget = 3;
  setup.weights = {1, 1, 4};
  const Competitor competitor{&select::strategy("assay"), {}, select::ReturnRule::estimate};
  const ReplayResult result = replay(setup, {&competitor, 1}).front();
  EXPECT_EQ(result.stop->wrong, 0) << "its answer is judged by the mean that it was told";
  EXPECT_EQ(result.stop->undecided, 0);
  EXPECT_EQ(result.identification.back(), 1);
  setup.weights = {1, 1, 1};
  EXPECT_EQ(replay(setup, {&competitor, 1}).front().identification.back(), 1);
}

}  // namespace
}  // namespace assay::sim
