#include "assay/route/ridge.h"

#include <algorithm>
#include <cmath>

#include "assay/core/parallel.h"
#include "assay/route/accuracy.h"
#include "assay/stats/matrix_product.h"

namespace assay::route {
namespace {

void add_scaled(std::vector<double>& to, const std::vector<double>& what, double factor) {
  if (to.empty()) to.assign(what.size(), 0.0);
  for (std::size_t i = 0; i < what.size(); ++i) to[i] += factor * what[i];
}

std::vector<double> wide(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// A symmetric positive definite matrix (k x k) replaced by its factor U, A = U' U, in the upper triangle.
void factor(std::vector<double>& a, std::size_t k) {
  for (std::size_t j = 0; j < k; ++j) {
    const double root = std::sqrt(std::max(a[j * k + j], 1e-300));
    for (std::size_t i = j; i < k; ++i) a[j * k + i] /= root;
    for (std::size_t i = j + 1; i < k; ++i) {
      const double scale = a[j * k + i];
      for (std::size_t c = i; c < k; ++c) a[i * k + c] -= scale * a[j * k + c];
    }
  }
}

// Solves U' U x = b in place for the m columns of b (k x m).
void solve(const std::vector<double>& u, std::size_t k, std::vector<double>& b, std::size_t m) {
  const auto row = [&](std::size_t i) { return b.data() + i * m; };
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < m; ++j) row(i)[j] /= u[i * k + i];
    for (std::size_t below = i + 1; below < k; ++below) {
      const double scale = u[i * k + below];
      for (std::size_t j = 0; j < m; ++j) row(below)[j] -= scale * row(i)[j];
    }
  }
  for (std::size_t i = k; i-- > 0;) {
    for (std::size_t below = i + 1; below < k; ++below) {
      const double scale = u[i * k + below];
      for (std::size_t j = 0; j < m; ++j) row(i)[j] -= scale * row(below)[j];
    }
    for (std::size_t j = 0; j < m; ++j) row(i)[j] /= u[i * k + i];
  }
}

template <typename Number>
void predict_from(const LinearView& view, std::span<const Number> vector, std::span<double> out) {
  const std::size_t m = view.accuracy.size();
  std::copy(view.accuracy.begin(), view.accuracy.end(), out.begin());
  if (std::all_of(vector.begin(), vector.end(), [](Number value) { return value == 0; })) return;
  for (std::size_t p = 0; p < view.mean.size(); ++p) {
    const double value = vector[p] - view.mean[p];
    const double* row = view.weights.data() + p * m;
    for (std::size_t j = 0; j < m; ++j) out[j] += value * row[j];
  }
}

}  // namespace

void RidgeSums::add(const RidgeSums& other, double sign) {
  queries += sign * other.queries;
  add_scaled(vector_sum, other.vector_sum, sign);
  add_scaled(gram, other.gram, sign);
  add_scaled(right_sum, other.right_sum, sign);
  add_scaled(known, other.known, sign);
  add_scaled(effect_sum, other.effect_sum, sign);
  add_scaled(product, other.product, sign);
  add_scaled(known_sum, other.known_sum, sign);
}

RidgeSums ridge_sums(const BenchmarkView& benchmark, std::span<const std::size_t> queries, std::size_t threads) {
  const std::size_t d = benchmark.vectors.dimensions;
  const std::size_t m = benchmark.models;
  const std::size_t n = queries.size();
  std::vector<float> x(n * d), right(n * m), known(n * m);
  RidgeSums sums;
  sums.queries = static_cast<double>(n);
  sums.vector_sum.assign(d, 0.0);
  sums.right_sum.assign(m, 0.0);
  sums.known.assign(m, 0.0);
  sums.effect_sum.assign(m, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> vector = benchmark.vectors.at(queries[i]);
    std::copy(vector.begin(), vector.end(), x.begin() + static_cast<std::ptrdiff_t>(i * d));
    for (std::size_t p = 0; p < d; ++p) sums.vector_sum[p] += vector[p];
    const std::span<const Correctness> row = benchmark.row(queries[i]);
    const float effect = benchmark.effect.empty() ? 0.0F : benchmark.effect[queries[i]];
    for (std::size_t j = 0; j < m; ++j) {
      const double score = row[j].known() ? row[j].score() : 0;
      right[i * m + j] = row[j].known() ? static_cast<float>(score) : effect;
      known[i * m + j] = row[j].known() ? 1.0F : 0.0F;
      sums.right_sum[j] += score;
      sums.known[j] += row[j].known() ? 1 : 0;
      sums.effect_sum[j] += row[j].known() ? 0 : effect;
    }
  }
  const stats::MatrixView vectors = stats::dense(x.data(), n, d);
  const auto product = [&](const std::vector<float>& with, std::size_t columns) {
    std::vector<float> result(d * columns, 0.0F);
    stats::multiply(vectors.transposed(), stats::dense(with.data(), n, columns), result.data(), threads);
    return wide(result);
  };
  sums.gram = product(x, d);
  sums.product = product(right, m);
  sums.known_sum = product(known, m);
  return sums;
}

std::vector<RidgeSums> ridge_sums(const BenchmarkView& benchmark, std::span<const std::uint32_t> group,
                                  std::size_t groups, std::size_t threads) {
  std::vector<std::vector<std::size_t>> members(groups);
  for (std::size_t i = 0; i < group.size(); ++i) members[group[i]].push_back(i);
  std::vector<RidgeSums> sums;
  sums.reserve(groups);
  for (const std::vector<std::size_t>& queries : members) sums.push_back(ridge_sums(benchmark, queries, threads));
  return sums;
}

void LinearView::predict(std::span<const float> vector, std::span<double> out) const {
  predict_from(*this, vector, out);
}

void LinearView::predict(std::span<const double> vector, std::span<double> out) const {
  predict_from(*this, vector, out);
}

std::vector<RidgeFit> fit_ridge(const RidgeSums& sums, std::span<const double> penalties) {
  return fit_ridge(sums, penalties, shrunken_accuracies(sums.right_sum, sums.known));
}

std::vector<RidgeFit> fit_ridge(const RidgeSums& sums, std::span<const double> penalties,
                                std::span<const double> accuracy) {
  const std::size_t d = sums.vector_sum.size();
  const std::size_t m = sums.right_sum.size();
  RidgeFit fit;
  fit.accuracy.assign(accuracy.begin(), accuracy.end());
  fit.mean = sums.vector_sum;
  for (double& value : fit.mean) value /= std::max(1.0, sums.queries);
  std::vector<double> centred_product(d * m);
  for (std::size_t p = 0; p < d; ++p) {
    for (std::size_t j = 0; j < m; ++j) {
      // sum of (x - mean)(right - accuracy) over known cells, of (x - mean) effect over unknown ones
      const double residual = sums.right_sum[j] + sums.effect_sum[j] - fit.accuracy[j] * sums.known[j];
      centred_product[p * m + j] =
          sums.product[p * m + j] - fit.accuracy[j] * sums.known_sum[p * m + j] - fit.mean[p] * residual;
    }
  }
  std::vector<RidgeFit> fits;
  for (const double penalty : penalties) {
    std::vector<double> gram = sums.gram;
    for (std::size_t p = 0; p < d; ++p) {
      for (std::size_t c = 0; c < d; ++c) gram[p * d + c] -= sums.queries * fit.mean[p] * fit.mean[c];
      gram[p * d + p] += penalty;
    }
    factor(gram, d);
    fit.weights = centred_product;
    solve(gram, d, fit.weights, m);
    fits.push_back(fit);
  }
  return fits;
}

RidgeFit mean_fit(std::span<const RidgeFit> fits) {
  RidgeFit mean = fits[0];
  for (const RidgeFit& fit : fits.subspan(1)) add_scaled(mean.weights, fit.weights, 1);
  for (double& weight : mean.weights) weight /= static_cast<double>(fits.size());
  return mean;
}

}  // namespace assay::route
