#include "assay/stats/bradley_terry.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

double log_posterior(double theta, double wins, double losses, double deviation) {
  return -wins * std::log1p(std::exp(-theta)) - losses * std::log1p(std::exp(theta)) -
         theta * theta / (2 * deviation * deviation);
}

struct Games {
  double wins;
  double losses;
  double deviation;
};

void PrintTo(const Games& games, std::ostream* out) {
  *out << games.wins << " to " << games.losses << ", prior " << games.deviation;
}

class BradleyTerryMode : public testing::TestWithParam<Games> {};

TEST_P(BradleyTerryMode, IsThePeakOfTheLogPosteriorOnAGrid) {
  const double wins = GetParam().wins, losses = GetParam().losses, deviation = GetParam().deviation;
  const Coefficient found = bradley_terry_coefficient(wins, losses, deviation);
  constexpr double kStep = 1e-4;
  double peak = -20;
  for (double theta = -20; theta <= 20; theta += kStep) {
    if (log_posterior(theta, wins, losses, deviation) > log_posterior(peak, wins, losses, deviation)) peak = theta;
  }
  EXPECT_NEAR(found.mean, peak, 1.01 * kStep) << wins << " wins and " << losses << " losses";
  // Laplace: the deviation comes from the second derivative at the mode.
  constexpr double kWidth = 1e-3;
  const auto at = [&](double theta) { return log_posterior(theta, wins, losses, deviation); };
  const double curvature =
      -(at(found.mean + kWidth) - 2 * at(found.mean) + at(found.mean - kWidth)) / (kWidth * kWidth);
  EXPECT_NEAR(found.deviation * std::sqrt(curvature), 1.0, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Records, BradleyTerryMode,
                         testing::Values(Games{0, 0, 1}, Games{1, 0, 1}, Games{0, 1, 1}, Games{12.5, 7.5, 1},
                                         Games{300, 2, 1}, Games{0, 2000, 1}, Games{5, 5, 0.1}, Games{40, 0, 3}));

RC_GTEST_PROP(BradleyTerry, IsAntisymmetricAndForgetsItsStart, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const double wins = 0.5 * static_cast<double>(rng.below(1000));
  const double losses = 0.5 * static_cast<double>(rng.below(1000));
  const Coefficient one = bradley_terry_coefficient(wins, losses, 1);
  const Coefficient other = bradley_terry_coefficient(losses, wins, 1);
  RC_ASSERT(std::abs(one.mean + other.mean) < 1e-9);
  RC_ASSERT(std::abs(one.deviation - other.deviation) < 1e-9);
  const Coefficient elsewhere = bradley_terry_coefficient(wins, losses, 1, 10 * rng.normal());
  RC_ASSERT(std::abs(one.mean - elsewhere.mean) < 1e-9);
  RC_ASSERT(one.deviation > 0 && one.deviation <= 1);
  RC_ASSERT(bradley_terry_coefficient(wins + 1, losses, 1).mean > one.mean);
}

}  // namespace
}  // namespace assay::stats
