#pragma once

#include <cstddef>
#include <vector>

namespace assay::stats {

/// A correlation matrix, m x m row by row.
struct CorrelationMatrix {
  std::size_t size = 0;
  std::vector<double> values;

  double at(std::size_t row, std::size_t column) const { return values[row * size + column]; }
};

/// The nearest valid correlation matrix by Frobenius distance: unit diagonal, no eigenvalue below `smallest`
/// (Higham 2002, alternating projections with Dykstra's correction). `matrix` is symmetric with a unit diagonal.
/// O(m^3) a step, at most a hundred steps; unchanged if it is valid already.
CorrelationMatrix nearest_correlation(const CorrelationMatrix& matrix, double smallest = 1e-6);

/// Lower triangle L with L L' = matrix, row by row; the matrix must be positive definite.
std::vector<double> cholesky_factor(const CorrelationMatrix& matrix);

}  // namespace assay::stats
