#include "assay/stats/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace assay::stats {
namespace {

// From the mean, as shares of the range, so that no power overflows; empty for a constant.
std::optional<std::vector<double>> distances(std::span<const double> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) return std::nullopt;
  const double range = *high / 2 - *low / 2;  // half of it, which no double is too small for
  std::vector<double> shares;
  double mean = 0;
  for (const double value : values) {
    shares.push_back((value / 2 - *low / 2) / range);
    mean += shares.back() / static_cast<double>(values.size());
  }
  for (double& share : shares) share -= mean;
  return shares;
}

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> result(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) result[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return result;
}

std::int64_t pairs(std::int64_t count) { return count * (count - 1) / 2; }

// Pairs of neighbours' runs that `same` holds together, in a sorted range.
template <typename Item, typename Same>
std::int64_t tied_pairs(const std::vector<Item>& sorted, Same same) {
  std::int64_t ties = 0, run = 1;
  for (std::size_t i = 1; i <= sorted.size(); ++i) {
    if (i < sorted.size() && same(sorted[i - 1], sorted[i])) {
      ++run;
    } else {
      ties += pairs(run);
      run = 1;
    }
  }
  return ties;
}

// Sorts by merging; returns how many pairs stood in the wrong order.
std::int64_t sort_counting_swaps(std::vector<double>& values, std::vector<double>& space, std::size_t begin,
                                 std::size_t end) {
  if (end - begin < 2) return 0;
  const std::size_t middle = begin + (end - begin) / 2;
  std::int64_t swaps =
      sort_counting_swaps(values, space, begin, middle) + sort_counting_swaps(values, space, middle, end);
  std::size_t left = begin, right = middle;
  for (std::size_t to = begin; to < end; ++to) {
    const bool take_right = left == middle || (right < end && values[right] < values[left]);
    if (take_right) swaps += static_cast<std::int64_t>(middle - left);
    space[to] = values[take_right ? right++ : left++];
  }
  std::copy(space.begin() + static_cast<std::ptrdiff_t>(begin), space.begin() + static_cast<std::ptrdiff_t>(end),
            values.begin() + static_cast<std::ptrdiff_t>(begin));
  return swaps;
}

}  // namespace

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 2) return std::nullopt;
  const std::optional<std::vector<double>> from_x = distances(x), from_y = distances(y);
  if (!from_x || !from_y) return std::nullopt;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (*from_x)[i] * (*from_x)[i];
    yy += (*from_y)[i] * (*from_y)[i];
    xy += (*from_x)[i] * (*from_y)[i];
  }
  return std::clamp(xy / std::sqrt(xx) / std::sqrt(yy), -1.0, 1.0);
}

std::optional<double> spearman(std::span<const double> x, std::span<const double> y) {
  return pearson(ranks(x), ranks(y));
}

std::optional<double> kendall(std::span<const double> x, std::span<const double> y) {
  std::vector<std::pair<double, double>> both;
  both.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) both.emplace_back(x[i], y[i]);
  std::sort(both.begin(), both.end());
  const std::int64_t all = pairs(static_cast<std::int64_t>(both.size()));
  const std::int64_t ties_x = tied_pairs(both, [](const auto& a, const auto& b) { return a.first == b.first; });
  const std::int64_t ties_both = tied_pairs(both, [](const auto& a, const auto& b) { return a == b; });
  std::vector<double> second, space(both.size());
  second.reserve(both.size());
  for (const auto& [first, value] : both) second.push_back(value);
  const std::int64_t swaps = sort_counting_swaps(second, space, 0, second.size());
  const std::int64_t ties_y = tied_pairs(second, [](double a, double b) { return a == b; });
  if (all == ties_x || all == ties_y) return std::nullopt;
  const auto concordant_less_discordant = static_cast<double>(all - ties_x - ties_y + ties_both - 2 * swaps);
  return concordant_less_discordant /
         (std::sqrt(static_cast<double>(all - ties_x)) * std::sqrt(static_cast<double>(all - ties_y)));
}

}  // namespace assay::stats
