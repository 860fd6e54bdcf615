#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "assay/core/error.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_counts.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::ensemble {
namespace {

using testing::ElementsAre;

Ensemble choose(const std::string& method, const LabelTable& table, std::size_t size) {
  return selection_method(method).choose({.training = {table}, .size = size});
}

double information_of(const LabelTable& table, const Ensemble& members) {
  VoteCounts counts(table);
  for (std::size_t j = 0; j + 1 < members.size(); ++j) counts.add(members[j]);
  return counts.with(members.back()).nats;
}

template <typename Work>
std::string error_of(const Work& work) {
  try {
    work();
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "no error";
}

TEST(SelectionMethods, TopAccuracyTakesTheMostAccurate) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, {0.4, 0.8, 0.6, 0.7})}, LabelKind::options, 4000, 1);
  EXPECT_THAT(choose("top-accuracy", table, 3), ElementsAre(model_id(1), model_id(3), model_id(2)));
}

// Four models that say what the best one says are more accurate than five that err by themselves.
TEST(SelectionMethods, InformationPrefersComplementsToCopies) {
  const LabelTable table = sample_complements(5, 4000, 2);
  const Ensemble accurate = choose("top-accuracy", table, 4);
  EXPECT_TRUE(std::all_of(accurate.begin(), accurate.end(), [](ModelId m) { return index(m) <= 4; }));
  for (const char* method : {"greedy-mi", "assay"}) {
    const Ensemble members = choose(method, table, 4);
    EXPECT_EQ(std::count_if(members.begin(), members.end(), [](ModelId m) { return index(m) <= 4; }), 1) << method;
    EXPECT_GT(information_of(table, members), information_of(table, accurate) + 0.2) << method;
  }
}

// (1 - 1/e) of the best is what theory promises where votes are independent given the label; it is nearer.
TEST(SelectionMethods, GreedyIsNearTheBestOfAllEnsembles) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Rng rng(seed);
    std::vector<double> accuracy(9);
    for (double& p : accuracy) p = 0.4 + 0.4 * rng.uniform();
    const LabelTable table =
        sample_votes({reference::symmetric_votes(3, accuracy)}, LabelKind::classes, 3000, seed);
    const double best = information_of(table, choose("exhaustive", table, 3));
    const double greedy = information_of(table, choose("greedy-mi", table, 3));
    EXPECT_LE(greedy, best + 1e-12);
    EXPECT_GT(greedy, 0.97 * best);
  }
}

TEST(SelectionMethods, ExhaustiveFindsWhatGreedyMisses) {
  // The label is the exclusive or of votes 0 and 1; vote 2 is right in 60 %.
  Rng rng(3);
  std::vector<std::vector<int>> rows;
  for (int i = 0; i < 2000; ++i) {
    const int a = static_cast<int>(rng.below(2)), b = static_cast<int>(rng.below(2)), truth = a ^ b;
    rows.push_back({1 + truth, 1 + a, 1 + b, 1 + (rng.uniform() < 0.6 ? truth : 1 - truth)});
  }
  const LabelTable table = table_of(LabelKind::classes, 2, rows);
  EXPECT_THAT(choose("exhaustive", table, 2), testing::UnorderedElementsAre(model_id(0), model_id(1)));
  EXPECT_EQ(choose("greedy-mi", table, 2)[0], model_id(2));
}

TEST(SelectionMethods, ExhaustiveSaysHowManyItWouldLookAt) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(2, std::vector<double>(40, 0.7))}, LabelKind::classes, 20'000, 4);
  EXPECT_EQ(error_of([&] { choose("exhaustive", table, 5); }),
            "exhaustive search would look at 658008 ensembles of 5 of 40 models; 20000 are the most");
}

TEST(SelectionMethods, MrmrAvoidsCopies) {
  const LabelTable table = sample_complements(5, 4000, 5);
  const Ensemble members = choose("mrmr", table, 3);
  EXPECT_EQ(std::count_if(members.begin(), members.end(), [](ModelId m) { return index(m) <= 4; }), 1);
}

TEST(SelectionMethods, AssayNeedsMoreThanLuckToLeaveTheMostAccurate) {
  // All alike and independent: whoever seems to complement the others does so by chance.
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, {0.75, 0.7, 0.65, 0.6, 0.55, 0.5})}, LabelKind::options, 300, 6);
  EXPECT_EQ(choose("assay", table, 2), choose("top-accuracy", table, 2));
}

// The other task would choose model 0; here it is always wrong.
TEST(SelectionMethods, AssayCountsOtherTasksForLittle) {
  LabelTable table =
      sample_votes({reference::symmetric_votes(4, {0.8, 0.5, 0.75, 0.6})}, LabelKind::options, 600, 5);
  std::vector<double> weights(600, 0.03);
  for (std::size_t q = 0; q < 300; ++q) {
    weights[q] = 1;
    table.set_prediction(query_id(q), model_id(0), static_cast<Label>(1 + table.truth(query_id(q)) % 4));
  }
  const SelectionMethodEntry& assay = selection_method("assay");
  EXPECT_EQ(assay.choose({.training = {table, weights}, .size = 1})[0], model_id(2));
  EXPECT_TRUE(assay.pools);
}

TEST(SelectionMethods, ABudgetBuysWhatItCan) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, {0.8, 0.7, 0.65, 0.6})}, LabelKind::options, 3000, 7);
  const std::vector<std::int64_t> prices = {10'000'000, 2'000'000, 2'000'000, 1'000'000};
  SelectionProblem problem{.training = {table}, .size = 4, .prices = prices, .budget = 5'000'000};
  EXPECT_THAT(selection_method("top-accuracy").choose(problem), ElementsAre(model_id(1), model_id(2), model_id(3)));
  EXPECT_THAT(selection_method("exhaustive").choose(problem), ElementsAre(model_id(1), model_id(2), model_id(3)));
  problem.budget = 1'500'000;
  EXPECT_THAT(selection_method("greedy-mi").choose(problem), ElementsAre(model_id(3)));
}

// One dear model that is a little better than three cheap ones together cost: gains alone would spend all on it.
TEST(SelectionMethods, GreedyWithABudgetComparesGainsPerPrice) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, {0.72, 0.7, 0.7, 0.7})}, LabelKind::options, 4000, 8);
  const std::vector<std::int64_t> prices = {3, 1, 1, 1};
  const SelectionProblem problem{.training = {table}, .size = 3, .prices = prices, .budget = 3};
  EXPECT_THAT(selection_method("greedy-mi").choose(problem),
              testing::UnorderedElementsAre(model_id(1), model_id(2), model_id(3)));
}

TEST(SelectionMethods, WhatCannotBeChosenFrom) {
  const LabelTable table = sample_votes({reference::symmetric_votes(4, {0.8, 0.7})}, LabelKind::options, 100, 9);
  EXPECT_EQ(error_of([&] { choose("assay", table, 3); }),
            "expected a size from 1 to the number of models, 2, came 3");
  EXPECT_EQ(error_of([&] { choose("assay", table, 0); }),
            "expected a size from 1 to the number of models, 2, came 0");
  EXPECT_EQ(error_of([&] { selection_method("best"); }),
            "unknown method \"best\"; expected one of assay, greedy-mi, top-accuracy, mrmr, random, exhaustive");
  const std::vector<std::int64_t> prices = {5, 7};
  EXPECT_EQ(error_of([&] {
              selection_method("assay").choose({.training = {table}, .size = 1, .prices = prices, .budget = 4});
            }),
            "the budget of 4 micro-dollars per million tokens buys no model; the cheapest costs 5");
  EXPECT_EQ(error_of([&] { selection_method("assay").choose({.training = {table}, .size = 1, .budget = 4}); }),
            "a budget needs the price of each of the 2 models, came 0");
  const std::vector<std::int64_t> negative = {5, -7};
  EXPECT_EQ(error_of([&] {
              selection_method("assay").choose({.training = {table}, .size = 1, .prices = negative, .budget = 4});
            }),
            "a price must not be negative, came -7");
}

TEST(SelectionMethods, LabelsThatCannotBeLearntFrom) {
  EXPECT_EQ(error_of([&] {
              choose("assay", table_of(LabelKind::classes, 2, {{1, 1, 2}, {1, 2, 1}}), 1);
            }),
            "expected at least two different true labels, came one on all 2 queries: no vote can tell anything");
  EXPECT_EQ(error_of([&] {
              choose("assay", table_of(LabelKind::classes, 3, {{1, 1, 2}, {2, 2, 1}}), 1);
            }),
            "expected at least as many queries with a true label as there are labels, came 2 queries and 3 labels");
  EXPECT_EQ(error_of([&] { choose("assay", LabelTable(0, 2, 2, LabelKind::classes), 1); }),
            "expected queries with a true label, came none");
  LabelTable missing = table_of(LabelKind::classes, 2, {{1, 1, 2}, {2, 2, 1}});
  missing.set_prediction(query_id(1), model_id(1), kNotRun);
  EXPECT_EQ(error_of([&] { choose("assay", missing, 1); }),
            "expected every model to be run on every query; model 1 was not on 1");
}

}  // namespace
}  // namespace assay::ensemble
