#include "assay/ensemble/logit_search.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/ensemble/vote_features.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::ensemble {
namespace {

// The gain of a candidate is the best over its own weight, all others staying: looked for on a grid.
void expect_best_of_a_grid(LabelKind kind) {
  const LabelTable table = sample_votes({reference::symmetric_votes(4, {0.7, 0.6, 0.5}, 0.1)}, kind, 1500, 1);
  const Training training{table};
  LogitSearch search(training);
  const LogitSearch::Fit first = search.fitted(model_id(0));
  search.add(model_id(0), first);
  const std::vector<ModelId> members = {model_id(0), model_id(1)};
  const stats::Choices choices = VoteFeatures(training, members).choices(training);
  double best = -1e300;
  for (double weight = -1; weight <= 6; weight += 0.01) {
    best = std::max(
        best, stats::log_likelihood(choices, std::vector<double>{first.weights[0], weight, first.weights[1]}));
  }
  EXPECT_NEAR(search.gain(model_id(1)), best - search.log_likelihood(), 0.05);
}

TEST(LogitSearch, GainOfAnOption) { expect_best_of_a_grid(LabelKind::options); }

TEST(LogitSearch, GainOfAClass) { expect_best_of_a_grid(LabelKind::classes); }

TEST(LogitSearch, FittingAllWeightsGainsNoLess) {
  for (const LabelKind kind : {LabelKind::options, LabelKind::classes}) {
    const LabelTable table =
        sample_votes({reference::symmetric_votes(3, {0.7, 0.6, 0.55, 0.5}, 0.05)}, kind, 3000, 2);
    LogitSearch search({table});
    for (std::size_t m = 0; m < 3; ++m) search.add(model_id(m), search.fitted(model_id(m)));
    const double before = search.log_likelihood();
    // Priors take a little off.
    EXPECT_GT(search.fitted(model_id(3)).total - before, search.gain(model_id(3)) - 1);
  }
}

TEST(LogitSearch, TheGainIsTheInformation) {
  const reference::IndependentVotes model = reference::symmetric_votes(4, {0.7, 0.6, 0.6});
  const LabelTable table = sample_votes({model}, LabelKind::options, 20'000, 3);
  LogitSearch search({table});
  const double none = search.log_likelihood();
  EXPECT_NEAR(none, -20'000 * std::log(4), 1e-6);
  for (std::size_t m = 0; m < 3; ++m) {
    search.add(model_id(m), search.fitted(model_id(m)));
    EXPECT_NEAR((search.log_likelihood() - none) / 20'000, reference::information({model}, m + 1), 0.02);
  }
}

TEST(LogitSearch, QueriesWithoutWeightDoNotCount) {
  const LabelTable table = sample_votes({reference::symmetric_votes(4, {0.7, 0.6})}, LabelKind::options, 400, 4);
  std::vector<double> weights(400, 1.0);
  std::vector<QueryId> kept;
  for (std::size_t q = 0; q < 400; ++q) {
    if (q % 2 == 0)
      weights[q] = 0;
    else
      kept.push_back(query_id(q));
  }
  const LabelTable half = table.rows(kept);
  LogitSearch some({table, weights}), all({half});
  EXPECT_NEAR(some.log_likelihood(), all.log_likelihood(), 1e-9);
  EXPECT_EQ(some.fitted(model_id(0)).rows.size(), 200U);
}

}  // namespace
}  // namespace assay::ensemble
