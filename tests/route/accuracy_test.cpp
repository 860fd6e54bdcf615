#include "assay/route/accuracy.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace assay::route {
namespace {

const double kUnknown = std::nan("");

TEST(AverageOverTasks, CountsEachTaskTheSame) {
  const std::array of_tasks = {0.2, 0.8, 0.4, 0.2, 0.9, 0.2};
  const std::array known = {9.0, 9.0, 9.0, 9.0, 90.0, 90.0};
  const std::vector<double> average = average_over_tasks(of_tasks, known, 2);
  EXPECT_NEAR(average[0], 0.5, 1e-12);
  EXPECT_NEAR(average[1], 0.4, 1e-12);
  const std::vector<double> without = average_over_tasks(of_tasks, known, 2, 2);
  EXPECT_NEAR(without[0], 0.3, 1e-12);
  EXPECT_NEAR(without[1], 0.5, 1e-12);
}

TEST(AverageOverTasks, AModelThatWasRunOnTheHardTaskOnlyIsNoWorse) {
  // Tasks of difficulty .9 and .3; the last model, run on the hard one alone, is as good there as the first.
  const std::array of_tasks = {0.9, 0.9, kUnknown, 0.35, 0.25, 0.35};
  const std::array known = {50.0, 50.0, 0.0, 50.0, 50.0, 50.0};
  const std::vector<double> average = average_over_tasks(of_tasks, known, 3);
  EXPECT_GT(average[2], average[1]);
  EXPECT_NEAR(average[2], average[0], 0.05);
}

TEST(AverageOverTasks, AreNeverAboveOne) {
  const std::array of_tasks = {0.95, 0.9, kUnknown, 0.1, 0.2, 1.0};
  const std::array known = {50.0, 50.0, 0.0, 50.0, 50.0, 50.0};
  EXPECT_LE(average_over_tasks(of_tasks, known, 3)[2], 1);
}

TEST(AverageOverTasks, WhatIsHardlyKnownIsDrawnToTheMean) {
  const std::array of_tasks = {0.5, 1.0, 0.7, kUnknown};
  const std::array known = {1000.0, 1.0, 1000.0, 0.0};
  const std::vector<double> average = average_over_tasks(of_tasks, known, 2);
  EXPECT_NEAR(average[1], 0.725, 0.03) << "one right answer of 2000 is not an accuracy of 1";
  EXPECT_EQ(shrinkage_weights(std::array{1000.0, 200.0, 50.0, 0.0}), (std::vector{1.0, 1.0, 0.5, 0.0}));
}

}  // namespace
}  // namespace assay::route
