#include "assay/sim/model_pools.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/core/error.h"

namespace assay::sim {
namespace {

// C(n, k) as a double: weights of a draw.
double choose(std::size_t n, std::size_t k) {
  if (k > n) return 0;
  double ways = 1;
  for (std::size_t i = 1; i <= k; ++i) ways *= static_cast<double>(n - k + i) / static_cast<double>(i);
  return ways;
}

}  // namespace

ModelPools draw_pools(std::span<const double> accuracy, std::size_t pools, std::size_t size, double spread,
                      Rng& rng) {
  if (size == 0) throw InvalidArgument("a pool must have a model at least, came a size of 0");
  std::vector<std::size_t> order;
  for (std::size_t j = 0; j < accuracy.size(); ++j) {
    if (!std::isnan(accuracy[j])) order.push_back(j);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return accuracy[a] < accuracy[b]; });
  // A set is counted at its least accurate model, the others coming from those at most `spread` above.
  std::vector<std::size_t> above(order.size());
  std::vector<double> ways(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::size_t end = i + 1;
    while (end < order.size() && accuracy[order[end]] <= accuracy[order[i]] + spread) ++end;
    above[i] = end - i - 1;
    ways[i] = choose(above[i], size - 1);
  }
  const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
  if (!(all > 0)) return {};
  ModelPools result(pools);
  for (std::vector<std::size_t>& pool : result) {
    double at = rng.uniform() * all;
    std::size_t lowest = 0;
    while (lowest + 1 < order.size() && (at >= ways[lowest] || ways[lowest] == 0)) at -= ways[lowest++];
    while (ways[lowest] == 0) --lowest;  // rounding errors at the very end
    std::vector<std::size_t> others(order.begin() + static_cast<std::ptrdiff_t>(lowest + 1),
                                    order.begin() + static_cast<std::ptrdiff_t>(lowest + 1 + above[lowest]));
    rng.shuffle(std::span(others));
    pool.assign(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(size - 1));
    pool.push_back(order[lowest]);
    std::sort(pool.begin(), pool.end());
  }
  return result;
}

}  // namespace assay::sim
