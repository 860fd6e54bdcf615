#include "assay/route/task_error.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::route {
namespace {

constexpr std::size_t kModels = 6;
constexpr std::array<std::size_t, 4> kClose = {0, 1, 2, 3};

// Errors of the models that are made up with known deviations, and seen through the luck of few queries.
struct MadeUpErrors {
  std::vector<double> error, known;
  Router router;

  MadeUpErrors(std::size_t tasks, double cells, double spread) {
    Rng rng(5);
    for (std::size_t t = 0; t < tasks; ++t) {
      const double common = 0.1 * rng.normal();
      const double common_luck = std::sqrt(spread / cells) * rng.normal();
      for (std::size_t j = 0; j < kModels; ++j) {
        const double own = (j < kClose.size() ? 0.02 : 0.08) * rng.normal();
        error.push_back(common + common_luck + own + std::sqrt(spread / cells) * rng.normal());
        known.push_back(cells);
      }
    }
    router.benchmark.models = kModels;
    router.benchmark.tasks = tasks;
    router.task_error = error;
    router.task_known = known;
    router.numbers.query_spread = spread;
    router.numbers.common_spread = spread;
  }
};

TEST(ErrorVariance, IsThatOfTheCandidatesWithoutLuck) {
  for (const double spread : {0.0, 0.2}) {
    const MadeUpErrors made(4000, 100, spread);
    const ErrorVariance close = error_variance(made.router, kClose);
    EXPECT_NEAR(std::sqrt(close.own), 0.02, 0.003) << spread;
    EXPECT_NEAR(std::sqrt(close.common), 0.1, 0.005) << spread;
    EXPECT_NEAR(std::sqrt(error_variance(made.router, std::array<std::size_t, 2>{4, 5}).own), 0.08, 0.003);
  }
}

TEST(ErrorVariance, LeavesOutWhatIsUnknown) {
  MadeUpErrors made(3, 100, 0);
  made.error = {0.1, 0.3, 0, 0, 0, 0, 0.2, std::nan(""), 0, 0, 0, 0, std::nan(""), std::nan(""), 0, 0, 0, 0};
  made.router.task_error = made.error;
  const ErrorVariance variance = error_variance(made.router, std::array<std::size_t, 2>{0, 1});
  EXPECT_NEAR(variance.own, 0.02, 1e-12) << "of one task";
  EXPECT_NEAR(variance.common, 0.04, 1e-12) << "of two";
}

TEST(ErrorVariance, OfNoErrorsIsThatOfAQuery) {
  MadeUpErrors made(3, 100, 0.2);
  made.router.task_error = {};
  EXPECT_EQ(error_variance(made.router, kClose).tasks, 0U);
  EXPECT_EQ(error_variance(made.router, kClose).common, 0.2) << "as unsure as one query leaves one";
  const MadeUpErrors lucky(3, 1, 50);
  EXPECT_GT(error_variance(lucky.router, kClose).own, 0) << "some error is always left";
}

}  // namespace
}  // namespace assay::route
