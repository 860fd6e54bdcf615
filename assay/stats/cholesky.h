#pragma once

#include <span>

namespace assay {

/// Solves A x = b for a symmetric positive definite k x k matrix A, of which the lower triangle is read (row by
/// row, k * k values) and overwritten by its Cholesky factor; x replaces b, whose length is k. For the few
/// dimensions of a regression: O(k^3), nothing is allocated.
void solve_cholesky(std::span<double> a, std::span<double> b);

}  // namespace assay
