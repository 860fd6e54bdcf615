#include "assay/stats/bradley_terry.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/select/strategy.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

struct Record {
  double wins = 0;
  double losses = 0;
  double log_deviation(Outcome next) const {
    const double won = worth(next);
    return std::log(stats::bradley_terry_coefficient(wins + won, losses + 1 - won, 1).deviation);
  }
};

// sum_k sum_j log sd(theta_j | A + R^k_qj); a verdict that is missing leaves the coefficient as it is.
double uncertainty(const SampleProblem& sample, QueryId query, const std::vector<Record>& records) {
  double sum = 0;
  for (std::size_t k = 0; k < sample.weak.judges(); ++k) {
    for (std::size_t j = 0; j < records.size(); ++j) {
      const Outcome outcome = sample.weak.at(k, query, model_id(j));
      sum += outcome == Outcome::none
                 ? std::log(stats::bradley_terry_coefficient(records[j].wins, records[j].losses, 1).deviation)
                 : records[j].log_deviation(outcome);
    }
  }
  return sum / static_cast<double>(sample.weak.judges());
}

TEST(BradleyTerryStrategy, AsksForTheRowThatLeavesTheLeastUncertainty) {
  const SampleProblem sample = sample_problem({.models = 7, .queries = 25, .judges = 4, .none_share = 0.1}, 41);
  const auto chosen = strategy("bradley-terry").make(sample.problem(), {});
  std::vector<Record> records(7);
  std::vector<QueryId> open = sample.pool;
  while (!open.empty()) {
    std::vector<Call> calls;
    chosen->propose(7, calls);
    ASSERT_EQ(calls.size(), 7U);
    double least = uncertainty(sample, open[0], records);
    for (const QueryId query : open) least = std::min(least, uncertainty(sample, query, records));
    ASSERT_LE(uncertainty(sample, calls[0].query, records), least + 1e-5) << "another query would tell more";
    std::erase(open, calls[0].query);
    for (const Call& call : calls) {
      const Verdict verdict{call, sample.truth.at(call.query, call.model)};
      chosen->observe(std::span(&verdict, 1));
      if (verdict.outcome() == Outcome::none) continue;
      records[index(call.model)].wins += worth(verdict.outcome());
      records[index(call.model)].losses += 1 - worth(verdict.outcome());
    }
  }
}

}  // namespace
}  // namespace assay::select
