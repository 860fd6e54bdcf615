#include "assay/select/judged_pool.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::select {
namespace {

Problem problem_of(std::size_t models, std::size_t queries) {
  Problem problem{.models = models, .pool = {}, .step = 0.5, .seed = 5, .goal = {}};
  for (std::size_t q = 0; q < queries; ++q) problem.pool.push_back(query_id(q));
  return problem;
}

TEST(MarginOf, IsTheNextSumThatIsTooMuch) {
  Problem problem = problem_of(2, 100);
  EXPECT_EQ(margin_of(problem, 0), 0.5);
  EXPECT_EQ(margin_of(problem, 0.02), 2.5) << "2 are allowed";
  EXPECT_EQ(margin_of(problem, 0.022), 2.5) << "2.2 are";
  problem.step = 0;
  EXPECT_GT(margin_of(problem, 0.02), 2);
  EXPECT_NEAR(margin_of(problem, 0.02), 2, 1e-5);
}

TEST(JudgedPool, CountsWhatWasPlannedAndRefusesTheRest) {
  JudgedPool pool(problem_of(3, 10));
  EXPECT_FALSE(pool.all_have_answers());
  std::vector<Call> plan;
  pool.plan_first_answers(plan);
  ASSERT_EQ(plan.size(), 6U) << "two of each model";
  EXPECT_EQ(pool.unasked(0), 8U);
  for (const Call& call : plan) {
    pool.take({call, call.model == model_id(1) ? 1.0 : 0.0});
    EXPECT_THROW(pool.take({call, 1.0}), InvalidArgument) << "twice";
  }
  EXPECT_THROW(pool.take({{query_id(9), model_id(0)}, 1.0}), InvalidArgument) << "not planned";
  EXPECT_TRUE(pool.all_have_answers());
  EXPECT_EQ(pool.answers(), 6U);
  EXPECT_EQ(pool.most_expected(), 1U);
  EXPECT_EQ(pool.by_hope(0).front(), 1U);
  EXPECT_EQ(pool.champion(), 3U) << "none is judged on the whole pool";
  pool.put_out(1);
  EXPECT_NE(pool.by_hope(0).front(), 1U);
}

// Draws never take a query twice, and are settled as what they were: the capital against a claim that is true has
// an expectation of 1 at most.
TEST(JudgedPool, ABetOnATrueClaimGainsNothingOnAverage) {
  constexpr std::size_t kQueries = 12;
  double sum = 0;
  constexpr std::uint64_t kRuns = 4000;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    Problem problem = problem_of(2, kQueries);
    problem.seed = seed;
    JudgedPool pool(problem);
    std::set<QueryId> drawn;
    const double truth = 8;  // it wins on 8 of 12
    for (std::size_t i = 0; i < 6; ++i) {
      std::vector<Call> plan;
      pool.bring_up_to_date(0);
      pool.plan_draws(0, truth, 3, 1, plan);
      ASSERT_EQ(plan.size(), 1U);
      EXPECT_TRUE(drawn.insert(plan[0].query).second);
      pool.take({plan[0], index(plan[0].query) < 8 ? 1.0 : 0.0});
      pool.standing(0).settle(truth);
    }
    sum += std::exp(pool.standing(0).capital().log());
    EXPECT_NEAR(log_capital_of(pool.standing(0).draws(), truth), pool.standing(0).capital().log(), 1e-9);
    EXPECT_LE(log_capital_of(pool.standing(0).draws(), truth - 1), pool.standing(0).capital().log() + 1e-12)
        << "a smaller claim is refuted by more";
  }
  EXPECT_LT(sum / kRuns, 1.1);
  EXPECT_GT(sum / kRuns, 0.7) << "the bet is nearly fair";
}

}  // namespace
}  // namespace assay::select
