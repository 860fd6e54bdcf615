#include "assay/select/llm_selector.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/core/rng.h"
#include "assay/stats/entropy.h"
#include "tests/reference/best_model.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

constexpr double kTolerance = 1e-10;

SampleShape random_shape() {
  SampleShape shape;
  shape.models = *rc::gen::inRange<std::size_t>(1, 81);
  shape.queries = *rc::gen::inRange<std::size_t>(1, 31);
  shape.judges = *rc::gen::inRange<std::size_t>(1, 11);
  shape.none_share = *rc::gen::element(0.0, 0.2);
  return shape;
}

OutcomeChances random_chances() {
  return {.loss = 0.05 * *rc::gen::inRange(1, 10), .draw = 0.05 * *rc::gen::inRange(1, 10)};
}

OutcomeRow weak_row(const WeakVerdicts& weak, std::size_t judge, QueryId query) {
  OutcomeRow row;
  for (std::size_t j = 0; j < weak.models(); ++j) row.push_back(weak.at(judge, query, model_id(j)));
  return row;
}

std::vector<OutcomeRow> weak_rows(const WeakVerdicts& weak, QueryId query) {
  std::vector<OutcomeRow> rows;
  for (std::size_t k = 0; k < weak.judges(); ++k) rows.push_back(weak_row(weak, k, query));
  return rows;
}

double largest_difference(std::span<const double> a, std::span<const double> b) {
  double largest = a.size() == b.size() ? 0 : 1;
  for (std::size_t j = 0; j < std::min(a.size(), b.size()); ++j) largest = std::max(largest, std::abs(a[j] - b[j]));
  return largest;
}

RC_GTEST_PROP(LlmSelector, PosteriorAndExpectedEntropyAgreeWithTheReference, ()) {
  const SampleShape shape = random_shape();
  const OutcomeChances chances = random_chances();
  const SampleProblem sample = sample_problem(shape, *rc::gen::inRange<std::uint64_t>(0, 1000000));
  BestModelPosterior posterior(shape.models, chances);
  SubsetSums sums;
  std::vector<OutcomeRow> judged;
  for (const QueryId query : sample.pool) {
    sums.build(posterior.probabilities());
    const double found = expected_entropy(sample.weak, query, posterior, sums);
    const double expected =
        reference_expected_entropy(judged, weak_rows(sample.weak, query), shape.models, chances);
    RC_ASSERT(std::abs(found - expected) < kTolerance);
    const auto row = sample.truth.row(query);
    judged.emplace_back(row.begin(), row.end());
    posterior.update(row);
    const auto reference = reference_posterior(judged, shape.models, chances);
    RC_ASSERT(largest_difference(posterior.probabilities(), reference) < kTolerance);
  }
}

RC_GTEST_PROP(LlmSelector, AsksForTheRowOfLeastExpectedEntropy, ()) {
  const SampleShape shape = random_shape();
  const OutcomeChances chances = random_chances();
  const SampleProblem sample = sample_problem(shape, *rc::gen::inRange<std::uint64_t>(0, 1000000));
  const StrategyEntry& entry = assay::select::strategy("llm-selector");
  const auto strategy = entry.make(sample.problem(), {entry.parameters, {chances.loss, chances.draw}});
  std::vector<QueryId> open = sample.pool;
  std::vector<OutcomeRow> judged;
  for (int step = 0; step < 8 && !open.empty(); ++step) {
    std::vector<Call> calls;
    strategy->propose(shape.models, calls);
    RC_ASSERT(calls.size() == shape.models);
    const auto value = [&](QueryId query) {
      return reference_expected_entropy(judged, weak_rows(sample.weak, query), shape.models, chances);
    };
    double least = value(open[0]);
    for (const QueryId query : open) least = std::min(least, value(query));
    // Queries that tie may stand for one another.
    RC_ASSERT(value(calls[0].query) <= least + kTolerance);
    open.erase(std::find(open.begin(), open.end(), calls[0].query));
    const auto row = sample.truth.row(calls[0].query);
    judged.emplace_back(row.begin(), row.end());
    for (const Call& call : calls) {
      const Verdict verdict{call, sample.truth.at(call.query, call.model)};
      strategy->observe(std::span(&verdict, 1));
    }
    RC_ASSERT(largest_difference(strategy->posterior(), reference_posterior(judged, shape.models, chances)) <
              kTolerance);
  }
}

TEST(LlmSelector, ByHand) {
  // Two models, e_loss 0.2, e_draw 0.4, P(win) 0.4. One judge says win and loss: posterior 2/3, 1/3 after it.
  OutcomeTable judge(2, 2);
  judge.set(query_id(0), model_id(0), Outcome::draw);
  judge.set(query_id(0), model_id(1), Outcome::draw);
  judge.set(query_id(1), model_id(0), Outcome::win);
  judge.set(query_id(1), model_id(1), Outcome::loss);
  const WeakVerdicts weak(std::vector{judge});
  const BestModelPosterior posterior(2, {.loss = 0.2, .draw = 0.4});
  SubsetSums sums;
  sums.build(posterior.probabilities());
  EXPECT_NEAR(expected_entropy(weak, query_id(0), posterior, sums), std::log(2.0), 1e-12)
      << "two draws tell nothing";
  EXPECT_NEAR(expected_entropy(weak, query_id(1), posterior, sums), stats::entropy(std::vector{2.0 / 3, 1.0 / 3}),
              1e-12);
  const std::vector<QueryId> pool = {query_id(0), query_id(1)};
  const StrategyEntry& entry = assay::select::strategy("llm-selector");
  const auto strategy =
      entry.make({.models = 2, .pool = pool, .weak = borrowed(weak)}, {entry.parameters, {0.2, 0.4}});
  std::vector<Call> calls;
  strategy->propose(1, calls);
  EXPECT_EQ(calls[0].query, query_id(1)) << "asked about the query that tells nothing";
}

}  // namespace
}  // namespace assay::select
