#include "assay/select/every_pair.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::select {
namespace {

// Tables of every model as baseline, from scores n x m.
std::vector<OutcomeTable> from_scores(const std::vector<std::vector<double>>& scores) {
  const std::size_t m = scores[0].size();
  std::vector<OutcomeTable> tables(m, OutcomeTable(scores.size(), m));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t b = 0; b < m; ++b) {
      for (std::size_t j = 0; j < m; ++j) {
        const double value = 0.5 + 0.1 * (scores[i][j] - scores[i][b]);
        if (j != b) tables[b].set(query_id(i), model_id(j), outcome_of(value));
      }
    }
  }
  return tables;
}

TEST(EveryPair, OfModelsWhoseOrderIsTheSameOnEachQuery) {
  const EveryPair found = every_pair(from_scores({{1, 4, 3, 2, 5}, {2, 5, 4, 3, 6}, {1, 9, 4, 3, 10}}));
  EXPECT_EQ(found.order, (std::vector<ModelId>{model_id(4), model_id(1), model_id(2), model_id(3), model_id(0)}));
  EXPECT_EQ(found.triples, 10U);
  EXPECT_EQ(found.circular, 0U);
  ASSERT_EQ(found.baselines.size(), 5U);
  EXPECT_EQ(found.baselines[1].model, model_id(1));
  EXPECT_EQ(found.baselines[1].best, model_id(4));
  EXPECT_EQ(found.baselines[0].best, model_id(0)) << "all lose: the first of equals, never the baseline";
  EXPECT_EQ(found.baselines[4].best, model_id(1)) << "all win all: the first of equals";
  EXPECT_EQ(found.baselines[4].win_rate, 1.0);
  EXPECT_EQ(found.baselines[4].sensitivity, 0.0) << "a baseline that all beat tells nothing";
}

TEST(EveryPair, CountsCircles) {
  // Each of 0, 1, 2 beats the next on two queries of three; model 3 is the worst.
  const EveryPair found = every_pair(from_scores({{3, 2, 1, 0}, {1, 3, 2, 0}, {2, 1, 3, 0}}));
  EXPECT_EQ(found.triples, 4U);
  EXPECT_EQ(found.circular, 1U) << "preferences that run in a circle would go unseen";
}

TEST(EveryPair, TellsWhichOrdersOtherBaselinesKeep) {
  // Models 0 and 1 change places with the baseline: against 2 the first wins once, against 3 the second.
  const EveryPair found = every_pair(from_scores({{5, 3, 4, 0}, {1, 2, 4, 1.5}, {5, 4, 1, 0}, {6, 5, 1, 0}}));
  std::size_t pairs = 0;
  for (const EveryPair::Kept& kept : found.kept) {
    pairs += kept.count;
    EXPECT_LT(kept.from, kept.to);
    EXPECT_GE(kept.elsewhere, 0.0);
    EXPECT_LE(kept.elsewhere, 1.0);
    EXPECT_LE(kept.directly, 1.0);
  }
  EXPECT_LE(pairs, 12U) << "six pairs, two baselines each";
  EXPECT_GT(pairs, 0U);
  const auto& near = found.kept[1];  // 0 and 1 differ on one query of four: one standard error or so.
  EXPECT_LT(near.elsewhere + found.kept[2].elsewhere, 2.0) << "a disagreement of baselines would go unseen";
}

TEST(EveryPair, BaselinesAgreeWhereDifferencesAreLarge) {
  Rng rng(5);
  std::vector<std::vector<double>> scores(400, std::vector<double>(5));
  for (auto& row : scores) {
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<double>(j) + 2 * rng.normal();
  }
  const EveryPair found = every_pair(from_scores(scores));
  EXPECT_EQ(found.kept.back().elsewhere, 1.0);
  EXPECT_EQ(found.kept.back().directly, 1.0);
  for (const auto& baseline : found.baselines) {
    EXPECT_EQ(baseline.agreement, 1.0) << "model " << index(baseline.model) << " as baseline";
    EXPECT_NEAR(baseline.mutual_agreement, 1.0, 1e-12);
  }
}

TEST(EveryPair, RefusesWhatDoesNotFit) {
  EXPECT_THROW(every_pair({}), InvalidArgument);
  EXPECT_THROW(every_pair(from_scores({{1, 2, 3}})), InvalidArgument) << "three models have one baseline a pair";
  EXPECT_THROW(every_pair(std::vector<OutcomeTable>(4, OutcomeTable(0, 4))), InvalidArgument);
  std::vector<OutcomeTable> tables(4, OutcomeTable(2, 4));
  tables[2] = OutcomeTable(3, 4);
  EXPECT_THROW(every_pair(tables), InvalidArgument);
}

}  // namespace
}  // namespace assay::select
