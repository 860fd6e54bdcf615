#include "assay/stats/cholesky.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

constexpr double kNotRead = std::numeric_limits<double>::quiet_NaN();

// B B' + I in full, k x k, where B has `columns` columns of normals times `scale`.
std::vector<double> positive_definite(std::size_t k, std::size_t columns, double scale, Rng& rng) {
  std::vector<double> b(k * columns);
  for (double& value : b) value = scale * rng.normal();
  std::vector<double> a(k * k, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      for (std::size_t c = 0; c < columns; ++c) a[i * k + j] += b[i * columns + c] * b[j * columns + c];
    }
    a[i * k + i] += 1;
  }
  return a;
}

// What may be read; the rest would spoil every sum.
std::vector<double> lower_triangle(std::vector<double> a, std::size_t k) {
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i + 1; j < k; ++j) a[i * k + j] = kNotRead;
  }
  return a;
}

std::vector<double> product(const std::vector<double>& a, const std::vector<double>& x) {
  std::vector<double> result(x.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j < x.size(); ++j) result[i] += a[i * x.size() + j] * x[j];
  }
  return result;
}

RC_GTEST_PROP(Cholesky, TheSolutionTimesTheMatrixIsTheRightSide, ()) {
  const std::size_t k = *rc::gen::inRange<std::size_t>(0, 9);
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  const std::vector<double> a = positive_definite(k, 1 + rng.below(8), 2, rng);
  std::vector<double> b(k);
  for (double& value : b) value = rng.normal();
  std::vector<double> factor = lower_triangle(a, k);
  std::vector<double> x = b;
  solve_cholesky(factor, x);
  const std::vector<double> back = product(a, x);
  for (std::size_t i = 0; i < k; ++i) RC_ASSERT(std::abs(back[i] - b[i]) < 1e-9);
  // The matrix has become its factor L, L L' = A.
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t l = 0; l <= j; ++l) sum += factor[i * k + l] * factor[j * k + l];
      RC_ASSERT(std::abs(sum - a[i * k + j]) < 1e-9);
    }
  }
}

TEST(Cholesky, ByHand) {
  std::vector<double> a = {4, kNotRead, 2, 5};
  std::vector<double> b = {8, 12};
  solve_cholesky(a, b);
  EXPECT_DOUBLE_EQ(b[0], 1);
  EXPECT_DOUBLE_EQ(b[1], 2);
  std::vector<double> one = {9};
  std::vector<double> right = {18};
  solve_cholesky(one, right);
  EXPECT_DOUBLE_EQ(right[0], 2);
}

// Two features that are the same: only the prior's 1 on the diagonal tells their weights apart.
TEST(Cholesky, TwoEqualFeaturesShareTheWeight) {
  const std::vector<double> a = {1e6 + 1, 1e6, 1e6, 1e6 + 1};
  std::vector<double> factor = a;
  std::vector<double> x = {1e6, 1e6};
  solve_cholesky(factor, x);
  EXPECT_NEAR(x[0], 0.5, 1e-6);
  EXPECT_NEAR(x[1], 0.5, 1e-6);
}

}  // namespace
}  // namespace assay::stats
