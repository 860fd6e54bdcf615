#include "assay/route/task_posterior.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::route {
namespace {

TEST(TaskPosterior, WithoutLabelsIsWhatWasTold) {
  TaskPosterior posterior(0.01, 0.04);
  posterior.add_model(0.3);
  posterior.add_labels(0, 0.9, 0);
  posterior.update(0.1, 0.1);
  EXPECT_EQ(posterior.mean(0), 0.3);
  EXPECT_DOUBLE_EQ(posterior.variance(0), 0.05);
}

TEST(TaskPosterior, OfOneModelIsTheMeanWeighedByVariances) {
  TaskPosterior posterior(0.01, 0.03);
  posterior.add_model(0.2);
  posterior.add_labels(0, 0.8, 10);
  posterior.update(0.3, 0.1);  // 0.04 and 0.04
  EXPECT_NEAR(posterior.mean(0), 0.5, 1e-9);
  EXPECT_NEAR(posterior.variance(0), 0.02, 1e-9);
}

// Worlds are drawn, and the posterior is held against them.
TEST(TaskPosterior, IsRightOnAverageAndAsSureAsItSays) {
  constexpr double kOwn = 0.03, kCommon = 0.1, kOwnLuck = 0.4, kCommonLuck = 0.25;
  constexpr std::array kKnown = {40.0, 40.0, 10.0, 0.0};
  Rng rng(8);
  std::array<double, 4> squares{}, variance{}, before{};
  constexpr int kWorlds = 4000;
  for (int world = 0; world < kWorlds; ++world) {
    TaskPosterior posterior(kOwn * kOwn, kCommon * kCommon);
    std::array<double, 4> truth{}, right{};
    const double common = kCommon * rng.normal();
    for (double& value : truth) value = 0.5 + common + kOwn * rng.normal();
    for (int query = 0; query < 40; ++query) {
      const double luck = kCommonLuck * rng.normal();
      for (std::size_t j = 0; j < kKnown.size(); ++j) {
        if (query < kKnown[j]) right[j] += truth[j] + luck + kOwnLuck * rng.normal();
      }
    }
    for (std::size_t j = 0; j < kKnown.size(); ++j) {
      posterior.add_model(0.5);
      posterior.add_labels(j, right[j] / std::max(1.0, kKnown[j]), kKnown[j]);
    }
    posterior.update(kOwnLuck * kOwnLuck, kCommonLuck * kCommonLuck);
    for (std::size_t j = 0; j < kKnown.size(); ++j) {
      squares[j] += std::pow(posterior.mean(j) - truth[j], 2) / kWorlds;
      before[j] += std::pow(0.5 - truth[j], 2) / kWorlds;
      variance[j] = posterior.variance(j);
    }
  }
  for (std::size_t j = 0; j < kKnown.size(); ++j) {
    EXPECT_NEAR(squares[j] / variance[j], 1, 0.1) << "model " << j;
    EXPECT_LT(squares[j], 0.6 * before[j]) << "model " << j;
  }
  EXPECT_GT(variance[3], variance[2]);
  EXPECT_GT(variance[2], variance[0]);
}

}  // namespace
}  // namespace assay::route
