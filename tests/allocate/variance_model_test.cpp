#include "assay/allocate/variance_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::allocate {
namespace {

std::vector<ArmTally> draw(const std::vector<double>& deviations, int scores, bool normal, Rng& rng) {
  std::vector<ArmTally> arms(deviations.size());
  for (std::size_t i = 0; i < arms.size(); ++i) {
    for (int s = 0; s < scores; ++s) {
      arms[i].add(deviations[i] * (normal ? rng.normal() : rng.uniform() < 0.5 ? -1 : 1));
    }
    arms[i].calls = arms[i].scores;
  }
  return arms;
}

TEST(VarianceModel, ArmsThatAreAlikeAreTakenToBeAlike) {
  Rng rng(1);
  const std::vector<ArmTally> arms = draw(std::vector<double>(400, 2.0), 20, true, rng);
  VarianceModel model(arms.size());
  model.fit(arms);
  for (const ArmTally& arm : arms) EXPECT_NEAR(model.expected(arm), 4, 1);
}

TEST(VarianceModel, ArmsThatDifferKeepTheirOwn) {
  Rng rng(2);
  std::vector<double> deviations(400, 1.0);
  for (std::size_t i = 0; i < 80; ++i) deviations[i] = 10;
  const std::vector<ArmTally> arms = draw(deviations, 40, true, rng);
  VarianceModel model(arms.size());
  model.fit(arms);
  double noisy = 0, quiet = 0;
  for (std::size_t i = 0; i < 80; ++i) noisy += model.expected(arms[i]) / 80;
  for (std::size_t i = 80; i < 400; ++i) quiet += model.expected(arms[i]) / 320;
  EXPECT_NEAR(noisy, 100, 10);
  EXPECT_LT(quiet, 4);
}

TEST(VarianceModel, AnArmThatHappenedToAgreeIsStillTakenToVary) {
  Rng rng(3);
  std::vector<double> deviations(200, 0.0);
  for (std::size_t i = 0; i < 100; ++i) deviations[i] = 1;
  std::vector<ArmTally> arms = draw(deviations, 8, false, rng);
  VarianceModel model(arms.size());
  model.fit(arms);
  const ArmTally& silent = arms.back();
  ASSERT_EQ(silent.m2, 0);
  EXPECT_GT(model.expected(silent), 0);
  EXPECT_GT(model.upper(silent), model.expected(silent));
  ArmTally longer = silent;
  longer.scores = longer.calls = 80;
  EXPECT_LT(model.upper(longer) / model.upper(silent), 0.2) << "its price falls as it goes on to agree";
}

TEST(VarianceModel, UpperVarianceIsExceededByFewArms) {
  Rng rng(4);
  std::vector<double> deviations(500);
  int above = 0;
  for (int round = 0; round < 20; ++round) {
    for (double& deviation : deviations) deviation = std::sqrt(rng.gamma(2));
    const std::vector<ArmTally> arms = draw(deviations, 12, true, rng);
    VarianceModel model(arms.size());
    model.fit(arms);
    for (std::size_t i = 0; i < arms.size(); ++i) above += deviations[i] * deviations[i] > model.upper(arms[i]);
  }
  EXPECT_LE(above, 400) << "of 10,000; 20 would be exact";
}

TEST(VarianceModel, NothingKnownAndNothingVaries) {
  const std::vector<ArmTally> untouched(5);
  VarianceModel model(5);
  model.fit(untouched);
  EXPECT_GT(model.upper(untouched[0]), 0);
  std::vector<ArmTally> equal(5);
  for (ArmTally& arm : equal) {
    for (int i = 0; i < 6; ++i) arm.add(3);
  }
  model.fit(equal);
  for (const ArmTally& arm : equal) {
    EXPECT_GT(model.upper(arm), 0);
    EXPECT_TRUE(std::isfinite(model.upper(arm)));
  }
}

}  // namespace
}  // namespace assay::allocate
