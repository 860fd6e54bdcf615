#include "assay/select/best_model_posterior.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

TEST(BestModelPosterior, ByHand) {
  BestModelPosterior posterior(3, {.loss = 0.2, .draw = 0.3});
  EXPECT_DOUBLE_EQ(posterior.probabilities()[1], 1.0 / 3) << "uniform prior";
  posterior.update(std::vector{Outcome::win, Outcome::draw, Outcome::loss});
  EXPECT_NEAR(posterior.probabilities()[0], 0.5, 1e-12);
  EXPECT_NEAR(posterior.probabilities()[1], 0.3, 1e-12);
  EXPECT_NEAR(posterior.probabilities()[2], 0.2, 1e-12);
}

TEST(BestModelPosterior, AMissingVerdictOfAllTellsNothing) {
  BestModelPosterior posterior(2, {.loss = 0.2, .draw = 0.3});
  posterior.update(std::vector{Outcome::win, Outcome::loss});
  const double before = posterior.probabilities()[0];
  posterior.update(std::vector{Outcome::none, Outcome::none});
  EXPECT_NEAR(posterior.probabilities()[0], before, 1e-15);
}

// Else rounding would break ties that the user is told are drawn by lot.
TEST(BestModelPosterior, EqualRecordsTieExactlyWhateverTheirOrder) {
  const OutcomeTable forward = random_outcomes(200, 1, 0.1, 3);
  BestModelPosterior posterior(2, {.loss = 0.17, .draw = 0.31});
  for (std::size_t q = 0; q < 200; ++q) {
    posterior.update(std::vector{forward.at(query_id(q), model_id(0)), forward.at(query_id(199 - q), model_id(0))});
  }
  EXPECT_EQ(posterior.probabilities()[0], posterior.probabilities()[1]);
}

}  // namespace
}  // namespace assay::select
