#include "tests/reference/routing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace assay::reference {
namespace {

double cosine(const float* a, const float* b, std::size_t d) {
  double sum = 0;
  for (std::size_t p = 0; p < d; ++p) sum += static_cast<double>(a[p]) * b[p];
  return sum;
}

// g_m of one query and its mean distance to the neighbours, among the queries for which `allowed` holds.
template <typename Allowed>
std::vector<double> predict(const route::BenchmarkView& b, const float* query, std::size_t k,
                            const Allowed& allowed, double& distance) {
  const std::size_t d = b.vectors.dimensions;
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t i = 0; i < b.queries(); ++i) {
    if (allowed(i)) all.emplace_back(-cosine(query, b.vectors.values.data() + i * d, d), i);
  }
  std::sort(all.begin(), all.end());
  all.resize(std::min(all.size(), k));
  distance = 0;
  for (const auto& [minus, i] : all) distance += (1 + minus) / static_cast<double>(all.size());
  std::vector<double> g(b.models);
  for (std::size_t j = 0; j < b.models; ++j) {
    double right = 0, known = 0;
    for (const auto& [minus, i] : all) {
      right += b.row(i)[j].steps();
      known += b.row(i)[j].known() ? 1 : 0;
    }
    g[j] = right / (Correctness::kSteps * known);
  }
  return g;
}

}  // namespace

PublishedRules published_rules(const route::BenchmarkView& b, std::span<const float> queries, std::size_t k,
                               double bandwidth) {
  const std::size_t d = b.vectors.dimensions;
  const std::size_t m = b.models;
  PublishedRules scores{std::vector<double>(m, 0), std::vector<double>(m, 0), std::vector<double>(m, 0)};
  double u_new = 0;
  const double q = static_cast<double>(queries.size() / d);
  for (std::size_t i = 0; i < queries.size() / d; ++i) {
    double distance = 0;
    const std::vector<double> g = predict(
        b, queries.data() + i * d, k, [](std::size_t) { return true; }, distance);
    u_new += distance / q;
    for (std::size_t j = 0; j < m; ++j) {
      scores.s1[j] += g[j] / q;
      scores.s2[j] += g[j] > 0.5 ? 1 / q : 0;
    }
  }
  // p(d, m) and u(d) of each task of the benchmark, left out.
  std::vector<double> p_new(m, 0), weights(m, 0);
  for (std::uint32_t t = 0; t < b.tasks; ++t) {
    std::vector<double> right(m, 0), known(m, 0);
    double u = 0, count = 0;
    for (std::size_t i = 0; i < b.queries(); ++i) {
      if (b.task[i] != t) continue;
      double distance = 0;
      const std::vector<double> g = predict(
          b, b.vectors.values.data() + i * d, k,
          [&](std::size_t other) { return b.task[other] != t && b.same_text[other] != b.same_text[i]; }, distance);
      u += distance;
      ++count;
      for (std::size_t j = 0; j < m; ++j) {
        if (!b.row(i)[j].known()) continue;
        ++known[j];
        right[j] += g[j] > 0.5 ? b.row(i)[j].score() : 1 - b.row(i)[j].score();
      }
    }
    const double apart = u / count - u_new;
    const double weight = std::exp(-apart * apart / (2 * bandwidth * bandwidth));
    for (std::size_t j = 0; j < m; ++j) {
      p_new[j] += weight * right[j] / known[j];
      weights[j] += weight;
    }
  }
  for (std::size_t j = 0; j < m; ++j) {
    const double p = p_new[j] / weights[j];
    scores.s3[j] = scores.s2[j] * p + (1 - scores.s2[j]) * (1 - p);
  }
  return scores;
}

std::vector<double> ridge(const route::BenchmarkView& b, std::size_t model, double penalty) {
  const std::size_t d = b.vectors.dimensions;
  const auto n = static_cast<double>(b.queries());
  std::vector<double> mean(d, 0);
  double accuracy = 0;
  for (std::size_t i = 0; i < b.queries(); ++i) {
    for (std::size_t p = 0; p < d; ++p) mean[p] += b.vectors.at(i)[p] / n;
    accuracy += b.row(i)[model].score() / n;
  }
  std::vector<std::vector<double>> a(d, std::vector<double>(d + 1, 0));
  for (std::size_t i = 0; i < b.queries(); ++i) {
    const double y = b.row(i)[model].score() - accuracy;
    for (std::size_t p = 0; p < d; ++p) {
      const double x = b.vectors.at(i)[p] - mean[p];
      for (std::size_t c = 0; c < d; ++c) a[p][c] += x * (b.vectors.at(i)[c] - mean[c]);
      a[p][d] += x * y;
    }
  }
  for (std::size_t p = 0; p < d; ++p) a[p][p] += penalty;
  for (std::size_t p = 0; p < d; ++p) {
    for (std::size_t row = 0; row < d; ++row) {
      if (row == p) continue;
      const double factor = a[row][p] / a[p][p];
      for (std::size_t c = 0; c <= d; ++c) a[row][c] -= factor * a[p][c];
    }
  }
  std::vector<double> weights(d);
  for (std::size_t p = 0; p < d; ++p) weights[p] = a[p][d] / a[p][p];
  return weights;
}

}  // namespace assay::reference
