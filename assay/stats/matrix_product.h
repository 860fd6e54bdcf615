#pragma once

#include <cstddef>

namespace assay::stats {

/// A matrix of floats in somebody's memory: element (i, j) stands at data[i * row_step + j * column_step].
struct MatrixView {
  const float* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t row_step = 0;
  std::size_t column_step = 1;

  MatrixView transposed() const { return {data, columns, rows, column_step, row_step}; }
};

/// A matrix whose rows stand one after the other without gaps.
inline MatrixView dense(const float* data, std::size_t rows, std::size_t columns) {
  return {data, rows, columns, columns, 1};
}

/// out = a b; `out` has a.rows x b.columns floats, row by row without gaps; a.columns == b.rows. Each element is
/// summed up in the order of its terms, a product and a sum at a time: the same bits whatever the number of threads
/// (0: one per core) and the machine. O(rows * columns * terms).
void multiply(const MatrixView& a, const MatrixView& b, float* out, std::size_t threads);

/// out[j] += factor * row[j] for `count` j: one term of the sums that `multiply` makes, with the same bits.
void add_scaled(float factor, const float* row, std::size_t count, float* out);

/// Inner product of two vectors, summed up in sixteen parts: the same bits on every machine.
float inner_product(const float* a, const float* b, std::size_t count);

}  // namespace assay::stats
