#include "assay/select/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/core/rng.h"

namespace assay::select {
namespace {

double share_of_odds(double x) { return 1 / (1 + std::exp(-x)); }

// Rewards of which the true log odds are `factor` times those that were forecast.
Calibration after(double factor, std::size_t rewards) {
  Calibration calibration;
  Rng rng(4);
  for (std::size_t i = 0; i < rewards; ++i) {
    const double log_odds = 2 * rng.normal();
    calibration.see(log_odds, rng.uniform() < share_of_odds(factor * log_odds) ? 1 : 0);
  }
  calibration.choose();
  return calibration;
}

TEST(Calibration, AtFirstTakesForecastsAsTheyAre) {
  const Calibration calibration;
  EXPECT_EQ(calibration.sharpness(), 1);
  EXPECT_NEAR(calibration(1.5), 0.02 + 0.96 * share_of_odds(1.5), 1e-12);
}

TEST(Calibration, BelievesWhatItSees) {
  EXPECT_EQ(after(1, 2000).sharpness(), 1);
  EXPECT_GE(after(2, 2000).sharpness(), 1.6) << "forecasts were too timid 2000 times";
  EXPECT_LE(after(0.5, 2000).sharpness(), 0.8) << "forecasts were too bold 2000 times";
  EXPECT_EQ(after(2, 3).sharpness(), 1) << "three rewards tell nothing";
}

TEST(Calibration, SurprisesWhereAllSeemedSureRaiseTheLapse) {
  Calibration calibration;
  Rng rng(5);
  for (int i = 0; i < 1000; ++i) calibration.see(6, rng.uniform() < 0.1 ? 0 : 1);
  calibration.choose();
  EXPECT_GE(calibration.lapse(), 0.04);
}

}  // namespace
}  // namespace assay::select
