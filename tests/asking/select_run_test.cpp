#include "assay/asking/select_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "tests/select/sample_problem.h"

namespace assay::asking {
namespace {

constexpr std::size_t kRunQueries = 30;
constexpr std::size_t kRunModels = 4;

class SelectRunTest : public testing::Test {
 protected:
  static SelectSetup setup(const char* strategy, std::size_t budget = kRunQueries * kRunModels) {
    SelectSetup setup;
    setup.models = {"a", "b", "c", "d"};
    setup.queries = kRunQueries;
    setup.strategy = &select::strategy(strategy);
    setup.returns = setup.strategy->returns;
    setup.budget = budget;
    return setup;
  }

  Answer answer(const Ask& ask, bool known = false) const {
    return {ask, reward_of(truth_.at(query_id(ask.item / kRunModels), model_id(ask.item % kRunModels))), known};
  }
  std::vector<Answer> answers(std::span<const Ask> asks) const {
    std::vector<Answer> result;
    for (const Ask& ask : asks) result.push_back(answer(ask));
    return result;
  }
  void finish(SelectRun& run, std::size_t limit) const {
    for (auto asks = run.next(limit); !asks.empty(); asks = run.next(limit)) run.take(answers(asks));
  }

  static void expect_same(const SelectReport& one, const SelectReport& other) {
    EXPECT_EQ(one.best, other.best);
    EXPECT_EQ(one.calls, other.calls);
    EXPECT_EQ(one.queries_judged, other.queries_judged);
    ASSERT_EQ(one.models.size(), other.models.size());
    for (std::size_t j = 0; j < one.models.size(); ++j) {
      EXPECT_EQ(one.models[j].name, other.models[j].name);
      EXPECT_EQ(one.models[j].win_rate, other.models[j].win_rate);
      EXPECT_EQ(one.models[j].tally, other.models[j].tally);
    }
    ASSERT_EQ(one.trace.size(), other.trace.size());
    for (std::size_t i = 0; i < one.trace.size(); ++i) {
      EXPECT_EQ(one.trace[i].calls, other.trace[i].calls);
      EXPECT_EQ(one.trace[i].probability, other.trace[i].probability);
    }
  }

  OutcomeTable truth_ = random_outcomes(kRunQueries, kRunModels, 0.1, 7);
};

TEST_F(SelectRunTest, JudgingAllGivesTheWinRates) {
  SelectRun run(setup("random"));
  finish(run, 5);
  const SelectReport report = run.report();
  EXPECT_EQ(report.calls, kRunQueries * kRunModels);
  const std::vector<double> rates = truth_.win_rates();
  for (const SelectReport::Model& model : report.models) {
    EXPECT_DOUBLE_EQ(model.win_rate, rates[static_cast<std::size_t>(model.name[0] - 'a')]);
  }
  EXPECT_DOUBLE_EQ(report.models[0].win_rate, *std::max_element(rates.begin(), rates.end()));
}

// Rewards and weights at random: 95 % of the intervals after ten queries hold the weighted mean, those after all
// queries are it.
TEST_F(SelectRunTest, IntervalsAreOfTheWeightedMean) {
  constexpr std::size_t kRuns = 300;
  std::size_t inside = 0;
  for (std::size_t r = 0; r < kRuns; ++r) {
    Rng rng(r, 1);
    RewardTable truth(kRunQueries, kRunModels);
    SelectSetup setup = SelectRunTest::setup("random", 10 * kRunModels);
    setup.alone = true;
    setup.seed = r;
    for (std::size_t q = 0; q < kRunQueries; ++q) {
      setup.weights.push_back(0.2 + 2 * rng.uniform());
      for (std::size_t j = 0; j < kRunModels; ++j)
        truth.set(query_id(q), model_id(j), rng.uniform() < 0.6 ? 1.0 : 0.0);
    }
    double sum = 0;
    for (const double weight : setup.weights) sum += weight;
    for (double& weight : setup.weights) weight *= kRunQueries / sum;
    const double mean = truth.means(setup.weights)[0];
    SelectRun run(setup);
    const auto go_on = [&](SelectRun& one) {
      for (auto asks = one.next(kRunModels); !asks.empty(); asks = one.next(kRunModels)) {
        std::vector<Answer> answers;
        for (const Ask& ask : asks) {
          answers.push_back(
              {ask, truth.at(query_id(ask.item / kRunModels), model_id(ask.item % kRunModels)), false});
        }
        one.take(answers);
      }
    };
    const auto first = [](const SelectReport& report) {
      return *std::find_if(report.models.begin(), report.models.end(), [](const auto& m) { return m.name == "a"; });
    };
    go_on(run);
    const SelectReport::Model part = first(run.report());
    if (part.interval.low <= mean + 1e-9 && mean <= part.interval.high + 1e-9) ++inside;
    if (r > 5) continue;
    setup.budget = kRunQueries * kRunModels;
    SelectRun whole(setup);
    go_on(whole);
    const SelectReport::Model all = first(whole.report());
    EXPECT_NEAR(all.win_rate, mean, 1e-9);
    EXPECT_NEAR(all.interval.low, mean, 1e-9);
    EXPECT_NEAR(all.interval.high, mean, 1e-9);
  }
  EXPECT_GE(inside, kRuns * 92 / 100);
}

TEST_F(SelectRunTest, NeverAsksTwiceNorBeyondTheBudget) {
  for (const char* strategy : {"random", "assay"}) {
    SelectRun run(setup(strategy, 50));
    std::vector<std::uint32_t> items;
    for (auto asks = run.next(8); !asks.empty(); asks = run.next(8)) {
      EXPECT_LE(asks.size(), 8U);
      for (const Ask& ask : asks) items.push_back(ask.item);
      run.take(answers(asks));
    }
    EXPECT_LE(items.size(), 50U) << strategy;
    std::sort(items.begin(), items.end());
    EXPECT_EQ(std::adjacent_find(items.begin(), items.end()), items.end()) << strategy;
    EXPECT_EQ(run.state().calls, items.size());
  }
}

// Asks may be out while others are answered, in any order and in parts.
TEST_F(SelectRunTest, AnswersMayComeInAnyOrderAndInParts) {
  Rng rng(3);
  for (const char* strategy : {"random", "assay"}) {
    SelectSetup all = setup(strategy, 60);
    all.goal.confidence = 1;
    SelectRun run(all);
    std::vector<Ask> out;
    std::size_t taken = 0;
    while (true) {
      for (const Ask& ask : run.next(1 + rng.below(6))) out.push_back(ask);
      EXPECT_LE(taken + out.size(), 60U);
      if (out.empty()) break;
      const std::size_t which = rng.below(out.size());
      std::swap(out[which], out.back());
      const Answer one = answer(out.back());
      out.pop_back();
      run.take({&one, 1});
      ++taken;
      EXPECT_EQ(run.outstanding(), out.size());
    }
    EXPECT_EQ(run.state().calls, taken);
  }
}

TEST_F(SelectRunTest, WhatWasNotAskedIsRefusedWhole) {
  SelectRun run(setup("random"));
  const std::vector<Ask> asks = run.next(4);
  std::vector<Answer> wrong = answers(asks);
  wrong.push_back(answer({asks[0].item, 1}));
  EXPECT_THROW(run.take(wrong), InvalidArgument);
  EXPECT_EQ(run.state().calls, 0U) << "a part of it was taken";
  run.take(answers(asks));
  EXPECT_THROW(run.take(answers(asks)), InvalidArgument) << "a second answer";
}

TEST_F(SelectRunTest, TakingBackIsAsIfItHadNeverBeen) {
  for (const char* strategy : {"random", "assay"}) {
    SelectSetup all = setup(strategy, 40);
    SelectRun straight(all), wavering(all);
    std::size_t steps = 0;
    for (auto asks = straight.next(1); !asks.empty(); asks = straight.next(1)) straight.take(answers(asks));
    for (auto asks = wavering.next(1); !asks.empty(); asks = wavering.next(1)) {
      std::vector<Answer> given = answers(asks);
      if (++steps % 3 == 0) {
        given[0].value = 1 - given[0].value;
        wavering.take(given);
        EXPECT_EQ(wavering.take_back(), asks[0]);
        EXPECT_EQ(wavering.outstanding(), 0U);
        asks = wavering.next(1);
        ASSERT_EQ(asks.size(), 1U);
        EXPECT_EQ(asks[0], given[0].ask) << "what was taken back is asked first";
        given = answers(asks);
      }
      wavering.take(given);
    }
    expect_same(wavering.report(), straight.report());
  }
}

TEST_F(SelectRunTest, AnswersThatWereKnownAreTakenBackWithTheOneBefore) {
  SelectRun run(setup("random"));
  const std::vector<Ask> asks = run.next(3);
  run.take(answers({asks.begin(), 1}));
  const std::vector<Answer> known{answer(asks[1], true), answer(asks[2], true)};
  run.take(known);
  EXPECT_EQ(run.take_back(), asks[0]);
  EXPECT_EQ(run.state().calls, 0U);
  EXPECT_EQ(run.next(3), asks);
  EXPECT_EQ(run.take_back(), std::nullopt) << "nothing was answered";
}

TEST_F(SelectRunTest, AJudgeThatGivesNoVerdictDecidesNothing) {
  for (const bool baseline : {false, true}) {
    SelectSetup without = setup("assay");
    if (baseline) {
      without.baseline = "base";
      without.problem.baseline = true;
    }
    SelectRun run(std::move(without));
    for (auto asks = run.next(7); !asks.empty(); asks = run.next(7)) {
      std::vector<Answer> none = answers(asks);
      for (Answer& one : none) one.value = std::nan("");
      run.take(none);
    }
    const SelectReport report = run.report();
    EXPECT_EQ(report.calls, kRunQueries * kRunModels);
    EXPECT_EQ(report.best, "");
    EXPECT_FALSE(report.stop->decided);
    EXPECT_FALSE(report.keep_baseline);
  }
}

TEST_F(SelectRunTest, StopsWhenItHasDecided) {
  truth_ = OutcomeTable(kRunQueries, kRunModels);
  for (std::size_t q = 0; q < kRunQueries; ++q) {
    for (std::size_t j = 0; j < kRunModels; ++j) {
      truth_.set(query_id(q), model_id(j), j == 2 ? Outcome::win : Outcome::loss);
    }
  }
  SelectSetup sure = setup("assay");
  SelectRun run(sure);
  finish(run, 1);
  EXPECT_TRUE(run.decided());
  const SelectReport report = run.report();
  EXPECT_EQ(report.best, "c");
  EXPECT_LT(report.calls, kRunQueries * kRunModels);
  EXPECT_FALSE(undecided(report));
}

// A strategy that looks at what is known: it asks for the rest, in order.
class AsksTheRest : public select::Strategy {
 public:
  explicit AsksTheRest(const select::Problem& problem) : problem_(problem) {
    for (const Verdict& verdict : problem.known) known_.push_back(verdict.call);
  }
  void propose(std::size_t limit, std::vector<Call>& calls) override {
    for (; next_ < kRunQueries * kRunModels && limit > 0; ++next_) {
      const Call call{query_id(next_ / kRunModels), model_id(next_ % kRunModels)};
      if (std::find(known_.begin(), known_.end(), call) != known_.end()) continue;
      calls.push_back(call);
      --limit;
    }
  }
  void observe(std::span<const Verdict>) override {}
  std::vector<double> posterior() const override { return std::vector<double>(kRunModels, 1.0 / kRunModels); }

 private:
  select::Problem problem_;
  std::vector<Call> known_;
  std::size_t next_ = 0;
};

TEST_F(SelectRunTest, WhatIsKnownCountsFromTheFirstStep) {
  select::StrategyEntry entry;
  entry.name = "asks-the-rest";
  entry.make = [](const select::Problem& problem, const ParameterValues&) -> std::unique_ptr<select::Strategy> {
    return std::make_unique<AsksTheRest>(problem);
  };
  SelectSetup known = setup("random");
  known.strategy = &entry;
  for (std::uint32_t item = 0; item < 50; ++item) known.known.push_back(answer({item}, true));
  for (const bool uses : {true, false}) {
    entry.uses_known = uses;
    SelectRun run(known);
    EXPECT_EQ(run.report().queries_judged, uses ? 13U : 0U) << "before the first call";
    finish(run, 7);
    const SelectReport report = run.report();
    EXPECT_EQ(report.known, uses ? 50U : 0U);
    EXPECT_EQ(report.calls, kRunQueries * kRunModels - report.known);
    const std::vector<double> rates = truth_.win_rates();
    for (const SelectReport::Model& model : report.models) {
      EXPECT_EQ(model.tally.calls(), kRunQueries);
      EXPECT_DOUBLE_EQ(model.win_rate, rates[static_cast<std::size_t>(model.name[0] - 'a')]);
    }
  }
}

// Taking back starts the run anew, and what was known stays known.
TEST_F(SelectRunTest, WhatIsKnownIsNotTakenBack) {
  select::StrategyEntry entry;
  entry.name = "asks-the-rest";
  entry.uses_known = true;
  entry.make = [](const select::Problem& problem, const ParameterValues&) -> std::unique_ptr<select::Strategy> {
    return std::make_unique<AsksTheRest>(problem);
  };
  SelectSetup known = setup("random");
  known.strategy = &entry;
  for (std::uint32_t item = 0; item < 8; ++item) known.known.push_back(answer({item}, true));
  SelectRun run(known);
  run.take(answers(run.next(1)));
  EXPECT_EQ(run.take_back(), Ask{8});
  EXPECT_EQ(run.take_back(), std::nullopt);
  EXPECT_EQ(run.report().queries_judged, 2U);
}

}  // namespace
}  // namespace assay::asking
