#include "assay/route/accuracy.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace assay {
namespace {

const double kUnknown = std::nan("");

TEST(AverageOverTasks, CountsEachTaskTheSame) {
  const std::array of_tasks = {0.2, 0.8, 0.4, 0.2, 0.9, 0.2};
  const std::array accuracy = {0.0, 0.0};
  const std::vector<double> average = average_over_tasks(of_tasks, accuracy);
  EXPECT_NEAR(average[0], 0.5, 1e-12);
  EXPECT_NEAR(average[1], 0.4, 1e-12);
  const std::vector<double> without = average_over_tasks(of_tasks, accuracy, 2);
  EXPECT_NEAR(without[0], 0.3, 1e-12);
  EXPECT_NEAR(without[1], 0.5, 1e-12);
}

TEST(AverageOverTasks, AModelThatWasRunOnTheHardTaskOnlyIsNoWorse) {
  // Tasks of difficulty .9 and .3; the last model, run on the hard one alone, is as good there as the first.
  const std::array of_tasks = {0.9, 0.9, kUnknown, 0.35, 0.25, 0.35};
  const std::vector<double> average = average_over_tasks(of_tasks, std::array{0.0, 0.0, 0.0});
  EXPECT_GT(average[2], average[1]);
  EXPECT_NEAR(average[2], average[0], 0.05);
}

TEST(AverageOverTasks, OfNothingIsWhatStandsInForIt) {
  const std::array of_tasks = {0.5, kUnknown, 0.7, kUnknown};
  EXPECT_EQ(average_over_tasks(of_tasks, std::array{0.1, 0.25})[1], 0.25);
  EXPECT_EQ(average_over_tasks({}, std::array{0.1, 0.25}), (std::vector<double>{0.1, 0.25}));
}

}  // namespace
}  // namespace assay
