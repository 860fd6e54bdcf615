#include "assay/allocate/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::allocate {
namespace {

TEST(Estimates, MeanIsTheMean) {
  std::vector<ArmTally> arms(2);
  arms[0].add(1);
  arms[0].add(2);
  const std::vector<double> result = estimates(EstimateRule::mean, arms);
  EXPECT_EQ(result[0], 1.5);
  EXPECT_TRUE(std::isnan(result[1])) << "an arm without a score has no estimate";
}

TEST(Estimates, CentreLeavesNormalScoresNearlyAlone) {
  Rng rng(1);
  std::vector<ArmTally> arms(300);
  for (std::size_t i = 0; i < arms.size(); ++i) {
    for (int s = 0; s < 30; ++s) arms[i].add(static_cast<double>(i % 5) + rng.normal());
  }
  const std::vector<double> centre = estimates(EstimateRule::centre, arms);
  for (std::size_t i = 0; i < arms.size(); ++i) EXPECT_NEAR(centre[i], arms[i].mean, 0.05);
}

// Scores of 0 and 1: the worst means are those that are too near to an end.
TEST(Estimates, CentreIsLessWrongAtWorstOnABoundedScale) {
  Rng rng(2);
  double worst_of_means = 0, worst_of_centres = 0;
  for (int round = 0; round < 40; ++round) {
    std::vector<double> truth(200);
    std::vector<ArmTally> arms(truth.size());
    for (std::size_t i = 0; i < arms.size(); ++i) {
      truth[i] = rng.uniform();
      for (int s = 0; s < 12; ++s) arms[i].add(rng.uniform() < truth[i] ? 1 : 0);
    }
    const auto worst = [&](EstimateRule rule) {
      const std::vector<double> result = estimates(rule, arms);
      double largest = 0;
      for (std::size_t i = 0; i < truth.size(); ++i) largest = std::max(largest, std::abs(result[i] - truth[i]));
      return largest / 40;
    };
    worst_of_means += worst(EstimateRule::mean);
    worst_of_centres += worst(EstimateRule::centre);
  }
  EXPECT_LT(worst_of_centres, 0.9 * worst_of_means);
}

TEST(Estimates, Names) {
  for (const EstimateRule rule : {EstimateRule::mean, EstimateRule::centre})
    EXPECT_EQ(estimate_rule(name(rule)), rule);
  EXPECT_THROW(estimate_rule("median"), InvalidArgument);
}

}  // namespace
}  // namespace assay::allocate
