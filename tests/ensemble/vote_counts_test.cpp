#include "assay/ensemble/vote_counts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/ensemble/selection_method.h"
#include "tests/ensemble/sample_votes.h"
#include "tests/reference/vote_counts.h"

namespace assay::ensemble {
namespace {

LabelTable random_table(LabelKind kind, std::uint64_t seed) {
  Rng rng(seed);
  const std::size_t labels = 2 + rng.below(4), models = 4, queries = 5 + rng.below(60);
  LabelTable table(queries, models, labels, kind);
  for (std::size_t q = 0; q < queries; ++q) {
    const std::size_t offered = kind == LabelKind::options ? 2 + rng.below(labels - 1) : labels;
    table.set_query(query_id(q), static_cast<Label>(1 + rng.below(offered)), static_cast<Label>(offered));
    for (std::size_t m = 0; m < models; ++m) {
      table.set_prediction(query_id(q), model_id(m), static_cast<Label>(rng.below(labels + 1)));
    }
  }
  return table;
}

RC_GTEST_PROP(VoteCountsProperty, AgreesWithWholePatternsInAMap, (std::uint64_t seed, bool options)) {
  const LabelTable table = random_table(options ? LabelKind::options : LabelKind::classes, seed);
  VoteCounts counts(table);
  Ensemble members;
  for (std::size_t m = 0; m < table.models(); ++m) {
    members.push_back(model_id(m));
    const reference::Counted expected = reference::counted_information(table, members);
    const CountedInformation came = counts.with(model_id(m));
    RC_ASSERT(std::abs(came.bias - expected.bias) < 1e-12);
    RC_ASSERT(std::abs(came.nats - std::max(0.0, expected.nats - expected.bias)) < 1e-9);
    counts.add(model_id(m));
  }
}

RC_GTEST_PROP(VoteCountsProperty, TheOrderOfTheMembersDoesNotMatter, (std::uint64_t seed, bool options)) {
  const LabelTable table = random_table(options ? LabelKind::options : LabelKind::classes, seed);
  VoteCounts forth(table), back(table);
  for (const std::size_t m : {0U, 1U, 2U}) forth.add(model_id(m));
  for (const std::size_t m : {3U, 2U, 1U}) back.add(model_id(m));
  RC_ASSERT(std::abs(forth.with(model_id(3)).nats - back.with(model_id(0)).nats) < 1e-9);
}

TEST(VoteCounts, IsNearTheTruth) {
  const reference::IndependentVotes model = reference::symmetric_votes(3, {0.8, 0.7, 0.6}, 0.05);
  const LabelTable table = sample_votes({model}, LabelKind::classes, 50'000, 1);
  VoteCounts counts(table);
  counts.add(model_id(0));
  counts.add(model_id(1));
  const CountedInformation came = counts.with(model_id(2));
  EXPECT_TRUE(came.reliable());
  EXPECT_NEAR(came.nats, reference::information({model}, 3), 0.012);
}

// Independent votes that tell nothing: uncorrected counts find something all the same.
TEST(VoteCounts, BiasIsTakenOff) {
  double corrected = 0, raw = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const reference::IndependentVotes model = reference::symmetric_votes(2, {0.5, 0.5});
    const LabelTable table = sample_votes({model}, LabelKind::classes, 200, seed);
    VoteCounts counts(table);
    counts.add(model_id(0));
    const CountedInformation came = counts.with(model_id(1));
    corrected += came.nats / 200;
    raw += (came.nats + came.bias) / 200;
  }
  EXPECT_GT(raw, 0.008);
  EXPECT_LT(corrected, 0.004);
}

TEST(VoteCounts, SaysWhereItIsTooThin) {
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, std::vector<double>(7, 0.5))}, LabelKind::options, 200, 3);
  VoteCounts counts(table);
  EXPECT_TRUE(counts.with(model_id(0)).reliable());
  for (std::size_t m = 0; m < 6; ++m) counts.add(model_id(m));
  EXPECT_FALSE(counts.with(model_id(6)).reliable());
}

TEST(VoteCounts, SeesWhatOnlyPairsTell) {
  // The label is the exclusive or of two votes, each of which tells nothing.
  std::vector<std::vector<int>> rows;
  for (int i = 0; i < 100; ++i) {
    const int a = i % 2, b = i / 2 % 2;
    rows.push_back({1 + (a ^ b), 1 + a, 1 + b});
  }
  const LabelTable table = table_of(LabelKind::classes, 2, rows);
  VoteCounts counts(table);
  EXPECT_NEAR(counts.with(model_id(0)).nats, 0, 1e-9);
  counts.add(model_id(0));
  EXPECT_NEAR(counts.with(model_id(1)).nats, std::log(2), 1e-9);
}

}  // namespace
}  // namespace assay::ensemble
