#pragma once

#include <cstddef>
#include <span>

namespace assay::stats {

/// Solves A x = b for a symmetric positive definite k x k matrix A, of which the lower triangle is read (row by
/// row, k * k values) and overwritten by its Cholesky factor; x replaces b, whose length is k. For the few
/// dimensions of a regression: O(k^3), nothing is allocated.
void solve_cholesky(std::span<double> a, std::span<double> b);

/// The same in two steps, for several right sides: A becomes its factor, O(k^3), with which each is solved, O(k^2).
void factor_cholesky(std::span<double> a, std::size_t k);
void solve_factored(std::span<const double> factor, std::span<double> b);

}  // namespace assay::stats
