#include "assay/stats/cholesky.h"

#include <cmath>

namespace assay::stats {

void factor_cholesky(std::span<double> a, std::size_t k) {
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i * k + j];
      for (std::size_t l = 0; l < j; ++l) sum -= a[i * k + l] * a[j * k + l];
      a[i * k + j] = i == j ? std::sqrt(sum) : sum / a[j * k + j];
    }
  }
}

void solve_factored(std::span<const double> factor, std::span<double> b) {
  const std::size_t k = b.size();
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t l = 0; l < i; ++l) b[i] -= factor[i * k + l] * b[l];
    b[i] /= factor[i * k + i];
  }
  for (std::size_t i = k; i-- > 0;) {
    for (std::size_t l = i + 1; l < k; ++l) b[i] -= factor[l * k + i] * b[l];
    b[i] /= factor[i * k + i];
  }
}

void solve_cholesky(std::span<double> a, std::span<double> b) {
  factor_cholesky(a, b.size());
  solve_factored(a, b);
}

}  // namespace assay::stats
