#include "assay/stats/bivariate_normal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "assay/stats/normal.h"

namespace assay::stats {
namespace {

TEST(BivariateNormal, QuadrantIsKnown) {
  for (const double r : {-0.99, -0.5, 0.0, 0.3, 0.9, 0.99}) {
    EXPECT_NEAR(bivariate_normal_cdf(0, 0, r), 0.25 + std::asin(r) / (2 * std::numbers::pi), 1e-9) << r;
  }
}

TEST(BivariateNormal, IndependentIsTheProduct) {
  EXPECT_NEAR(bivariate_normal_cdf(0.7, -1.2, 0), normal_cdf(0.7) * normal_cdf(-1.2), 1e-12);
}

TEST(BivariateNormal, CompletelyDependent) {
  EXPECT_NEAR(bivariate_normal_cdf(0.7, -1.2, 1), normal_cdf(-1.2), 1e-12);
  EXPECT_NEAR(bivariate_normal_cdf(0.7, 0.2, -1), normal_cdf(0.7) + normal_cdf(0.2) - 1, 1e-12);
  EXPECT_EQ(bivariate_normal_cdf(-0.7, -0.2, -1), 0);
}

// By the definition: the integral over x of pdf(x) cdf((y - r x) / sqrt(1 - r^2)).
TEST(BivariateNormal, AgreesWithPlainIntegration) {
  for (const double r : {-0.9, -0.4, 0.6, 0.95}) {
    for (const double x : {-1.5, 0.2, 1.1}) {
      for (const double y : {-0.8, 0.4}) {
        double sum = 0;
        constexpr int kSteps = 200'000;
        const double width = (x + 9) / kSteps;
        for (int i = 0; i < kSteps; ++i) {
          const double at = -9 + (i + 0.5) * width;
          sum += width * std::exp(-at * at / 2) * normal_cdf((y - r * at) / std::sqrt(1 - r * r));
        }
        EXPECT_NEAR(bivariate_normal_cdf(x, y, r), sum / std::sqrt(2 * std::numbers::pi), 1e-7)
            << x << " " << y << " " << r;
      }
    }
  }
}

TEST(Tetrachoric, IsTheInverse) {
  for (const double r : {-0.7, 0.0, 0.4, 0.97}) {
    EXPECT_NEAR(tetrachoric(-0.3, 0.5, bivariate_normal_cdf(-0.3, 0.5, r)), r, 1e-6) << r;
  }
}

TEST(Tetrachoric, EndsAtTheLimit) {
  EXPECT_NEAR(tetrachoric(0, 0, 0.5), 0.995, 1e-9);
  EXPECT_NEAR(tetrachoric(0, 0, 0), -0.995, 1e-9);
}

}  // namespace
}  // namespace assay::stats
