#include "assay/sim/ensemble_replay.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/error.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::sim {
namespace {

EnsembleSetup setup_of(const LabelTable& table, std::size_t size) {
  EnsembleSetup setup;
  setup.table = &table;
  setup.size = size;
  setup.splits = 6;
  setup.methods = {&ensemble::selection_method("assay"), &ensemble::selection_method("top-accuracy"),
                   &ensemble::selection_method("random")};
  setup.rules = {&ensemble::vote_rule("logit"), &ensemble::vote_rule("majority"), &ensemble::vote_rule("pattern")};
  return setup;
}

LabelTable sample(std::size_t queries, std::uint64_t seed) {
  return sample_votes({reference::symmetric_votes(4, {0.75, 0.7, 0.65, 0.6, 0.5}, 0.02)}, LabelKind::options,
                      queries, seed);
}

void expect_same(const EnsembleReplay& a, const EnsembleReplay& b) {
  for (std::size_t m = 0; m < a.held_out.size(); ++m) {
    for (std::size_t r = 0; r < a.held_out[m].size(); ++r) {
      EXPECT_EQ(a.held_out[m][r].accuracy, b.held_out[m][r].accuracy);
      EXPECT_EQ(a.held_out[m][r].se, b.held_out[m][r].se);
    }
  }
  for (std::size_t k = 0; k < a.information.size(); ++k) EXPECT_EQ(a.information[k].mean, b.information[k].mean);
}

TEST(EnsembleReplay, TheNumberOfThreadsDoesNotMatter) {
  const LabelTable table = sample(400, 1);
  EnsembleSetup setup = setup_of(table, 3);
  setup.threads = 1;
  const EnsembleReplay one = replay(setup);
  setup.threads = 3;
  expect_same(one, replay(setup));
  setup.seed = 2;
  EXPECT_NE(one.held_out[0][0].accuracy, replay(setup).held_out[0][0].accuracy);
}

// One model, no choice: what is held out is its accuracy on half of the queries, over and over.
TEST(EnsembleReplay, HeldOutAccuracyOfOneModelIsItsAccuracy) {
  const LabelTable table = sample_votes({reference::symmetric_votes(4, {0.7})}, LabelKind::options, 1000, 2);
  EnsembleSetup setup = setup_of(table, 1);
  setup.splits = 200;
  const EnsembleReplay result = replay(setup);
  const double accuracy = ensemble::accuracies({table})[0];
  EXPECT_NEAR(result.held_out[0][0].accuracy[0], accuracy, 0.003);
  EXPECT_NEAR(result.accuracy_se[0], std::sqrt(accuracy * (1 - accuracy) / 1000), 0.001);
  EXPECT_NEAR(result.trained, 500, 1e-9);
  EXPECT_NEAR(result.queries, 500, 1e-9);
}

// Each query twice, with answers that nobody could know: accuracy is chance unless one copy is learnt from.
TEST(EnsembleReplay, RepeatedQueriesStayOnOneSide) {
  Rng rng(3);
  LabelTable table(400, 6, 2, LabelKind::classes);
  std::vector<std::uint32_t> group;
  for (std::size_t q = 0; q < 400; q += 2) {
    const auto truth = static_cast<Label>(1 + rng.below(2));
    std::vector<Label> votes(6);
    for (Label& vote : votes) vote = static_cast<Label>(1 + rng.below(2));
    for (const std::size_t copy : {q, q + 1}) {
      table.set_query(query_id(copy), truth, 2);
      for (std::size_t m = 0; m < 6; ++m) table.set_prediction(query_id(copy), model_id(m), votes[m]);
      group.push_back(static_cast<std::uint32_t>(q));
    }
  }
  EnsembleSetup setup = setup_of(table, 6);
  setup.splits = 40;
  setup.rules = {&ensemble::vote_rule("pattern"), &ensemble::vote_rule("logit")};
  const double leaking = replay(setup).held_out[0][0].accuracy.back();
  setup.group = group;
  const double honest = replay(setup).held_out[0][0].accuracy.back();
  EXPECT_NEAR(honest, 0.5, 0.06);
  EXPECT_GT(leaking, honest + 0.05);
}

TEST(EnsembleReplay, InformationIsTheTruthWithinItsError) {
  const reference::IndependentVotes model = reference::symmetric_votes(4, {0.8, 0.7, 0.6}, 0.02);
  const LabelTable table = sample_votes({model}, LabelKind::options, 8000, 4);
  EnsembleSetup setup = setup_of(table, 3);
  setup.methods = {&ensemble::selection_method("top-accuracy")};
  const EnsembleReplay result = replay(setup);
  for (std::size_t k = 1; k <= 3; ++k) {
    EXPECT_NEAR(result.information[k - 1].mean, reference::information({model}, k),
                3 * result.information[k - 1].se + 0.003);
  }
  EXPECT_NEAR(result.gained[0].mean + result.gained[1].mean + result.gained[2].mean, result.information[2].mean,
              0.002);
}

// Two tasks with a model each that knows it: one ensemble for both is worse than one for each.
TEST(EnsembleReplay, ByTaskChoosesForEachTask) {
  Rng rng(5);
  LabelTable table(1200, 2, 4, LabelKind::options);
  std::vector<std::uint32_t> task;
  for (std::size_t q = 0; q < 1200; ++q) {
    task.push_back(q % 2);
    const auto truth = static_cast<Label>(1 + rng.below(4));
    table.set_query(query_id(q), truth, 4);
    for (std::size_t m = 0; m < 2; ++m) {
      const bool knows = rng.uniform() < (m == q % 2 ? 0.9 : 0.3);
      table.set_prediction(query_id(q), model_id(m), knows ? truth : static_cast<Label>(1 + truth % 4));
    }
  }
  EnsembleSetup setup = setup_of(table, 1);
  setup.task = task;
  const double whole = replay(setup).held_out[0][0].accuracy[0];
  setup.by_task = true;
  const EnsembleReplay each = replay(setup);
  EXPECT_NEAR(each.held_out[0][0].accuracy[0], 0.9, 0.03);
  EXPECT_NEAR(whole, 0.6, 0.04);
  EXPECT_NEAR(each.trained, 600, 1e-9);
}

TEST(EnsembleReplay, TrainingQueriesAsMany) {
  const LabelTable table = sample(400, 6);
  EnsembleSetup setup = setup_of(table, 2);
  setup.train = 50;
  EXPECT_NEAR(replay(setup).trained, 50, 1e-9);
}

TEST(EnsembleReplay, AMethodThatRefusesLeavesTheOthers) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, std::vector<double>(30, 0.6))}, LabelKind::options, 600, 7);
  EnsembleSetup setup = setup_of(table, 5);
  setup.splits = 2;
  setup.methods = {&ensemble::selection_method("top-accuracy"), &ensemble::selection_method("exhaustive")};
  const EnsembleReplay result = replay(setup);
  EXPECT_EQ(result.held_out[0][0].accuracy.size(), 5U);
  EXPECT_LT(result.held_out[1][0].accuracy.size(), 5U);
  EXPECT_NE(result.refused[1].find("exhaustive search would look at"), std::string::npos);
}

TEST(EnsembleReplay, AskedInTurnItLosesNothingWhereItIsCertain) {
  const LabelTable table = sample(1200, 9);
  for (const bool by_task : {false, true}) {
    std::vector<std::uint32_t> task(table.queries());
    for (std::size_t q = 0; q < task.size(); ++q) task[q] = q % 3 == 0 ? 1 : 0;
    EnsembleSetup setup = setup_of(table, 4);
    setup.task = task;
    setup.by_task = by_task;
    setup.sure = {0.8, 0.95, 1};
    const EnsembleReplay result = replay(setup);
    ASSERT_EQ(result.sequential.size(), 3U);
    const SequentialReplay& certain = result.sequential[2];
    EXPECT_EQ(certain.lost.mean, 0);
    EXPECT_EQ(certain.lost.se, 0);
    EXPECT_EQ(certain.stays, 1);
    EXPECT_NEAR(certain.accuracy, result.held_out[0][0].accuracy[3], 1e-12)
        << "it answers what all together answer";
    EXPECT_LT(certain.share, 1) << "where three agree the fourth can't change the answer";
    for (std::size_t s = 0; s < 3; ++s) {
      const SequentialReplay& one = result.sequential[s];
      EXPECT_NEAR(one.asked, 4 * one.share, 1e-9);
      EXPECT_GE(one.asked, 1);
      EXPECT_NEAR(one.accuracy + one.lost.mean, certain.accuracy, 1e-12);
      EXPECT_NEAR(one.stated, one.stays, 0.03) << one.sure;
      EXPECT_GE(one.stays, one.sure - 0.03);
      EXPECT_GE(one.share, result.sequential[s == 0 ? 0 : s - 1].share);
    }
  }
}

TEST(EnsembleReplay, WhatCannotBeRun) {
  const LabelTable table = sample(100, 8);
  EnsembleSetup setup = setup_of(table, 2);
  setup.splits = 0;
  EXPECT_THROW(replay(setup), InvalidArgument);
  setup.splits = 2;
  setup.train = 0;
  EXPECT_THROW(replay(setup), InvalidArgument);
  setup.train = 3;
  EXPECT_THROW(replay(setup), InvalidArgument) << "fewer queries than labels";
  setup.train = {};
  setup.sure = {0};
  EXPECT_THROW(replay(setup), InvalidArgument);
  setup.sure = {};
  setup.methods.clear();
  EXPECT_THROW(replay(setup), InvalidArgument);
}

}  // namespace
}  // namespace assay::sim
