#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/select/strategy.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

constexpr double kTemperature = 1.7;

// sum_ij p_i p_j sim_q(i, j), as the equation has it.
double expected_similarity(const SampleProblem& sample, QueryId query, const std::vector<double>& p) {
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      sum += p[i] * p[j] * static_cast<double>(sample.similarity.at(query, model_id(i), model_id(j)));
    }
  }
  return sum;
}

TEST(SelectLlm, FollowsItsTwoEquations) {
  const SampleProblem sample = sample_problem({.models = 9, .queries = 30, .none_share = 0.1}, 31);
  const StrategyEntry& entry = strategy("select-llm");
  const auto chosen = entry.make(sample.problem(), {entry.parameters, {kTemperature}});
  std::vector<double> scores(9, 0.0);
  std::vector<QueryId> open = sample.pool;
  while (!open.empty()) {
    std::vector<double> p;
    double total = 0;
    for (const double score : scores) total += std::exp(score / kTemperature);
    for (const double score : scores) p.push_back(std::exp(score / kTemperature) / total);
    const std::vector<double> posterior = chosen->posterior();
    for (std::size_t j = 0; j < 9; ++j) ASSERT_NEAR(posterior[j], p[j], 1e-12) << "model " << j;

    std::vector<Call> calls;
    chosen->propose(9, calls);
    ASSERT_EQ(calls.size(), 9U);
    double least = 1;
    for (const QueryId query : open) least = std::min(least, expected_similarity(sample, query, p));
    ASSERT_LE(expected_similarity(sample, calls[0].query, p), least + 1e-6)
        << "another query's responses differ more";
    std::erase(open, calls[0].query);
    for (const Call& call : calls) {
      const Verdict verdict{call, sample.truth.at(call.query, call.model)};
      scores[index(call.model)] += worth(verdict.outcome());
      chosen->observe(std::span(&verdict, 1));
    }
  }
}

}  // namespace
}  // namespace assay::select
