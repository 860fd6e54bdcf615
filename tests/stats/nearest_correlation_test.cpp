#include "assay/stats/nearest_correlation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::stats {
namespace {

TEST(NearestCorrelation, LeavesAValidMatrixAlone) {
  const CorrelationMatrix matrix{2, {1, 0.5, 0.5, 1}};
  EXPECT_EQ(nearest_correlation(matrix).values, matrix.values);
}

// Higham 2002, section 4: the nearest to [1 1 0; 1 1 1; 0 1 1] has 0.7607 and 0.1573 off the diagonal.
TEST(NearestCorrelation, FindsThePublishedOne) {
  const CorrelationMatrix nearest = nearest_correlation({3, {1, 1, 0, 1, 1, 1, 0, 1, 1}}, 1e-9);
  EXPECT_NEAR(nearest.at(0, 1), 0.7607, 1e-4);
  EXPECT_NEAR(nearest.at(1, 2), 0.7607, 1e-4);
  EXPECT_NEAR(nearest.at(0, 2), 0.1573, 1e-4);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(nearest.at(i, i), 1);
}

TEST(NearestCorrelation, WhatComesOutHasAFactor) {
  const CorrelationMatrix nearest =
      nearest_correlation({4, {1, 0.9, -0.9, 0.9, 0.9, 1, 0.9, -0.9, -0.9, 0.9, 1, 0.9, 0.9, -0.9, 0.9, 1}});
  const std::vector<double> factor = cholesky_factor(nearest);
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      double sum = 0;
      for (std::size_t l = 0; l < 4; ++l) sum += factor[i * 4 + l] * factor[j * 4 + l];
      EXPECT_NEAR(sum, nearest.at(i, j), 1e-9);
    }
  }
}

}  // namespace
}  // namespace assay::stats
