#include "assay/stats/nearest_correlation.h"

#include <Eigen/Dense>
#include <cmath>

namespace assay::stats {
namespace {

constexpr int kProjections = 100;
constexpr double kClose = 1e-9;

using Matrix = Eigen::MatrixXd;

// The nearest symmetric matrix without an eigenvalue below `smallest`.
Matrix clipped(const Matrix& matrix, double smallest) {
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(matrix);
  const Eigen::VectorXd values = solver.eigenvalues().cwiseMax(smallest);
  return solver.eigenvectors() * values.asDiagonal() * solver.eigenvectors().transpose();
}

CorrelationMatrix from(const Matrix& matrix) {
  CorrelationMatrix result{static_cast<std::size_t>(matrix.rows()), {}};
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) result.values.push_back(i == j ? 1 : matrix(i, j));
  }
  return result;
}

}  // namespace

CorrelationMatrix nearest_correlation(const CorrelationMatrix& matrix, double smallest) {
  const auto m = static_cast<Eigen::Index>(matrix.size);
  Matrix nearest = Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      matrix.values.data(), m, m);
  if (m < 2 ||
      Eigen::SelfAdjointEigenSolver<Matrix>(nearest, Eigen::EigenvaluesOnly).eigenvalues()(0) >= smallest) {
    return matrix;
  }
  Matrix correction = Matrix::Zero(m, m);
  for (int step = 0; step < kProjections; ++step) {
    const Matrix corrected = nearest - correction;
    const Matrix valid = clipped(corrected, smallest);
    correction = valid - corrected;
    Matrix next = valid;
    next.diagonal().setOnes();
    const double moved = (next - nearest).norm();
    nearest = next;
    if (moved < kClose) break;
  }
  // The alternation ends between the two sets: clip once more and scale back to a unit diagonal.
  nearest = clipped(nearest, smallest);
  const Eigen::VectorXd scale = nearest.diagonal().cwiseSqrt().cwiseInverse();
  return from(scale.asDiagonal() * nearest * scale.asDiagonal());
}

std::vector<double> cholesky_factor(const CorrelationMatrix& matrix) {
  const std::size_t m = matrix.size;
  std::vector<double> factor(m * m, 0.0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix.at(i, j);
      for (std::size_t l = 0; l < j; ++l) sum -= factor[i * m + l] * factor[j * m + l];
      factor[i * m + j] = i == j ? std::sqrt(std::max(0.0, sum)) : sum / factor[j * m + j];
    }
  }
  return factor;
}

}  // namespace assay::stats
