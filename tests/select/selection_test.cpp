#include "assay/select/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "assay/core/error.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

const std::vector<QueryId> kPool = {query_id(0), query_id(1), query_id(2), query_id(3)};

void judge_row(Selection& selection, const std::vector<Outcome>& row) {
  std::vector<Call> calls;
  selection.propose(row.size(), calls);
  for (const Call& call : calls) {
    const Verdict verdict{call, row[index(call.model)]};
    selection.observe(std::span(&verdict, 1));
  }
}

TEST(Selection, CountsAndReturnsTheBest) {
  using enum Outcome;
  Selection selection(strategy("random"), {3, kPool}, {}, ReturnRule::win_rate);
  EXPECT_EQ(selection.tallies()[0].rate(), 0.5) << "nothing judged yet";
  judge_row(selection, {win, draw, none});
  judge_row(selection, {loss, win, none});
  judge_row(selection, {loss, win, win});
  EXPECT_EQ(selection.calls(), 9U);
  EXPECT_EQ(selection.best(), model_id(1));
  const Tally& last = selection.tallies()[2];
  EXPECT_EQ(last.none, 2U) << "calls without a verdict are told apart";
  EXPECT_NEAR(last.rate(), 2.0 / 3, 1e-15) << "and count half a win";
  EXPECT_EQ(last.squares(), 1.5);
  EXPECT_EQ(selection.tallies()[1].sum(), 2.5);
}

TEST(Selection, RewardsOfDegreeCountAsTheyAre) {
  Selection selection(strategy("random"), {2, kPool}, {}, ReturnRule::win_rate);
  const std::vector<std::vector<double>> rows = {{1.0, 0.6}, {1.0, 0.6}, {0.0, 0.6}, {0.0, 0.6}};
  for (const std::vector<double>& row : rows) {
    std::vector<Call> calls;
    selection.propose(row.size(), calls);
    for (const Call& call : calls) {
      const Verdict verdict{call, row[index(call.model)]};
      selection.observe(std::span(&verdict, 1));
    }
  }
  EXPECT_EQ(selection.tallies()[0].rate(), 0.5);
  EXPECT_NEAR(selection.tallies()[1].rate(), 0.6, 1e-12) << "four wins by a little are not four wins";
  EXPECT_NEAR(selection.tallies()[1].squares(), 4 * 0.36, 1e-12);
  EXPECT_EQ(selection.tallies()[1].wins, 4U);
}

TEST(Selection, AMeanOfSmallWinsIsLessThanOneOfLargeWins) {
  Selection selection(strategy("random"), {2, kPool}, {}, ReturnRule::win_rate);
  std::vector<Call> calls;
  selection.propose(8, calls);
  for (const Call& call : calls) {
    const bool first = index(call.model) == 0;
    const bool lost = first && call.query == calls.front().query;
    const Verdict verdict{call, lost ? 0.0 : first ? 1.0 : 0.6};
    selection.observe(std::span(&verdict, 1));
  }
  EXPECT_EQ(selection.best(), model_id(0)) << "three large wins and a loss lose to four small wins";
}

TEST(Selection, TiesAreDrawnOnceForTheRun) {
  std::set<std::size_t> returned;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    for (const ReturnRule rule : {ReturnRule::win_rate, ReturnRule::posterior}) {
      Problem problem{4, kPool};
      problem.seed = seed;
      Selection selection(strategy("random"), problem, {}, rule);
      const ModelId before = selection.best();
      judge_row(selection, std::vector(4, Outcome::draw));
      EXPECT_EQ(selection.best(), before) << "the choice among equals changes within a run";
      Selection again(strategy("random"), problem, {}, rule);
      EXPECT_EQ(again.best(), before) << "the same seed draws another model";
      returned.insert(index(before));
    }
  }
  EXPECT_EQ(returned.size(), 4U) << "some model is never drawn among equals";
}

TEST(Selection, EqualRecordsInAnotherOrderStillTie) {
  using enum Outcome;
  const SampleProblem sample = sample_problem({.models = 2, .queries = 4}, 70);
  const StrategyEntry& entry = strategy("llm-selector");
  std::set<std::size_t> returned;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Problem problem = sample.problem();
    problem.seed = seed;
    Selection selection(entry, problem, {entry.parameters, {0.17, 0.31}}, ReturnRule::posterior);
    judge_row(selection, {win, loss});
    judge_row(selection, {draw, win});
    judge_row(selection, {loss, win});
    judge_row(selection, {win, draw});
    returned.insert(index(selection.best()));
  }
  EXPECT_EQ(returned.size(), 2U) << "rounding decides between models with the same record, not the lot";
}

// Wherever P(draw) = P(win), as at the published optimum, also where the two differ by rounding.
TEST(Selection, AnEqualPosteriorGoesToTheHigherWinRate) {
  const SampleProblem sample = sample_problem({.models = 2, .queries = 4}, 70);
  const StrategyEntry& entry = strategy("llm-selector");
  for (const double loss : {0.2, 0.3, 0.05 * 6, 0.1}) {
    for (const double draw : {(1 - loss) / 2, 0.5 - 0.5 * loss, 0.05 * 7, 0.4}) {
      if (std::abs(1 - loss - 2 * draw) > 1e-12) continue;
      for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Problem problem = sample.problem();
        problem.seed = seed;
        Selection selection(entry, problem, {entry.parameters, {loss, draw}}, ReturnRule::posterior);
        judge_row(selection, {Outcome::loss, Outcome::loss});
        judge_row(selection, {Outcome::draw, Outcome::win});
        EXPECT_EQ(selection.best(), model_id(1))
            << "e_loss " << loss << ", e_draw " << draw << ": a draw beats a win";
      }
    }
  }
}

TEST(Selection, RefusesWhatCanNotBeChosenFrom) {
  const auto start = [](const Problem& problem, const ParameterValues& parameters) {
    Selection(strategy("random"), problem, parameters, ReturnRule::win_rate);
  };
  EXPECT_THROW(start({0, kPool}, {}), InvalidArgument);
  EXPECT_THROW(start({3, {}}, {}), InvalidArgument);
  EXPECT_THROW(start({3, kPool}, {strategy("select-llm").parameters, {0.5}}), InvalidArgument)
      << "a parameter of another strategy was taken";
}

TEST(Selection, TablesOfAnotherShapeAreRefused) {
  const SampleProblem sample = sample_problem({.models = 5, .queries = 12}, 71);
  const SampleProblem other = sample_problem({.models = 4, .queries = 12}, 71);
  const SampleProblem shorter = sample_problem({.models = 5, .queries = 11}, 71);
  for (const SampleProblem* wrong : {&other, &shorter}) {
    Problem problem = sample.problem();
    problem.weak = borrowed(wrong->weak);
    EXPECT_THROW(Selection(strategy("llm-selector"), problem, {}, ReturnRule::posterior), InvalidArgument)
        << "verdicts would be read beyond their end";
    problem = sample.problem();
    problem.similarity = borrowed(wrong->similarity);
    EXPECT_THROW(Selection(strategy("select-llm"), problem, {}, ReturnRule::posterior), InvalidArgument);
  }
}

TEST(Selection, AVerdictThatNobodyAskedForIsRefused) {
  const SampleProblem sample = sample_problem({.models = 3, .queries = 4}, 72);
  Selection selection(strategy("random"), sample.problem(), {}, ReturnRule::win_rate);
  const Verdict stray{{query_id(2), model_id(1)}, Outcome::win};
  EXPECT_THROW(selection.observe(std::span(&stray, 1)), InvalidArgument);
  const Verdict beyond{{query_id(0), model_id(3)}, Outcome::win};
  EXPECT_THROW(selection.observe(std::span(&beyond, 1)), InvalidArgument);
}

}  // namespace
}  // namespace assay::select
