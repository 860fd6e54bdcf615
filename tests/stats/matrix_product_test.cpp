#include "assay/stats/matrix_product.h"

#include <gtest/gtest.h>

#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

std::vector<float> numbers(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

// One product and one sum at a time, in order.
std::vector<float> slow(const MatrixView& a, const MatrixView& b) {
  std::vector<float> out(a.rows * b.columns, 0.0F);
  for (std::size_t i = 0; i < a.rows; ++i) {
    for (std::size_t j = 0; j < b.columns; ++j) {
      volatile float sum = 0;  // keeps the compiler from doing better
      for (std::size_t p = 0; p < a.columns; ++p) {
        const volatile float product =
            a.data[i * a.row_step + p * a.column_step] * b.data[p * b.row_step + j * b.column_step];
        sum = sum + product;
      }
      out[i * b.columns + j] = sum;
    }
  }
  return out;
}

struct Sizes {
  std::size_t rows, terms, columns;
};

TEST(MatrixProduct, HasTheBitsOfThePlainSum) {
  for (const auto& [rows, terms, columns] : {Sizes{1, 1, 1}, Sizes{3, 5, 2}, Sizes{4, 16, 16}, Sizes{5, 300, 17},
                                             Sizes{130, 40, 260}, Sizes{7, 600, 33}}) {
    const std::vector<float> a = numbers(rows * terms, 1);
    const std::vector<float> b = numbers(terms * columns, 2);
    const MatrixView left = dense(a.data(), rows, terms);
    const MatrixView right = dense(b.data(), terms, columns);
    std::vector<float> out(rows * columns);
    for (const std::size_t threads : {1U, 3U}) {
      multiply(left, right, out.data(), threads);
      EXPECT_EQ(out, slow(left, right)) << rows << " x " << terms << " x " << columns;
    }
  }
}

TEST(MatrixProduct, TakesTransposedMatrices) {
  const std::vector<float> a = numbers(40 * 9, 3);
  const MatrixView whole = dense(a.data(), 40, 9);
  std::vector<float> gram(9 * 9);
  multiply(whole.transposed(), whole, gram.data(), 2);
  EXPECT_EQ(gram, slow(whole.transposed(), whole));
}

TEST(MatrixProduct, OfNothingIsNothing) {
  std::vector<float> out(6, 7.0F);
  multiply(dense(nullptr, 2, 0), dense(nullptr, 0, 3), out.data(), 1);
  EXPECT_EQ(out, std::vector<float>(6, 0.0F));
}

TEST(AddScaled, IsATermOfTheProduct) {
  const std::vector<float> a = numbers(50, 4);
  const std::vector<float> b = numbers(50 * 37, 5);
  std::vector<float> product(37), sum(37, 0.0F);
  multiply(dense(a.data(), 1, 50), dense(b.data(), 50, 37), product.data(), 1);
  for (std::size_t p = 0; p < 50; ++p) add_scaled(a[p], b.data() + p * 37, 37, sum.data());
  EXPECT_EQ(sum, product);
}

TEST(InnerProduct, SumsUpAllTerms) {
  for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 100U, 257U}) {
    const std::vector<float> a = numbers(count, 6), b = numbers(count, 7);
    double expected = 0;
    for (std::size_t i = 0; i < count; ++i) expected += static_cast<double>(a[i]) * b[i];
    EXPECT_NEAR(inner_product(a.data(), b.data(), count), expected, 1e-4) << count;
  }
}

}  // namespace
}  // namespace assay::stats
