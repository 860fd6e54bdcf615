#include "assay/sim/cost_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

namespace assay::sim {
namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

// Means of the columns of a table, and errors of what is computed from them.
class Means {
 public:
  Means(std::span<const double> sums, std::span<const double> pools, std::span<const std::uint32_t> group,
        std::size_t width)
      : width_(width), mean_(width, 0.0) {
    std::unordered_map<std::uint32_t, std::size_t> row_of;
    for (std::size_t i = 0; i < pools.size(); ++i) {
      if (pools[i] == 0) continue;
      const std::size_t row = row_of.try_emplace(group[i], row_of.size()).first->second;
      if (row == counts_.size()) {
        counts_.push_back(0);
        rows_.resize(rows_.size() + width, 0.0);
      }
      ++counts_[row];
      ++queries_;
      for (std::size_t c = 0; c < width; ++c) {
        const double value = sums[i * width + c] / pools[i];
        rows_[row * width + c] += value;
        mean_[c] += value;
      }
    }
    for (double& mean : mean_) mean /= queries_;
  }

  double queries() const { return queries_; }
  double of_column(std::size_t c) const { return mean_[c]; }

  // `of` computes a number from the means.
  template <typename Function>
  stats::MeanSe operator()(const Function& of) const {
    const double value = of(mean_);
    if (std::isnan(value) || counts_.size() < 2) return {value, kNotKnown};
    std::vector<double> at = mean_;
    std::vector<std::pair<std::size_t, double>> slopes;
    for (std::size_t c = 0; c < width_; ++c) {
      const double step = 1e-6 * std::max(std::abs(mean_[c]), 1e-9);
      at[c] = mean_[c] + step;
      const double above = of(at);
      at[c] = mean_[c] - step;
      const double below = of(at);
      at[c] = mean_[c];
      if (above != below) slopes.emplace_back(c, (above - below) / (2 * step));
    }
    double squares = 0;
    for (std::size_t row = 0; row < counts_.size(); ++row) {
      double moved = 0;
      for (const auto& [c, slope] : slopes) moved += slope * (rows_[row * width_ + c] - counts_[row] * mean_[c]);
      squares += moved * moved;
    }
    const auto groups = static_cast<double>(counts_.size());
    return {value, std::sqrt(squares * groups / (groups - 1)) / queries_};
  }

 private:
  std::size_t width_;
  std::vector<double> mean_;
  std::vector<double> rows_;    // groups x width: sums over the queries of a group
  std::vector<double> counts_;  // queries of a group
  double queries_ = 0;
};

// A curve as columns of the means: points from the dearest to the cheapest.
struct Path {
  std::size_t first = 0;  // column of the first point's score; its dollars are the next column
  std::size_t points = 0;

  double score(std::span<const double> means, std::size_t i) const { return means[first + 2 * i]; }
  double dollars(std::span<const double> means, std::size_t i) const { return means[first + 2 * i + 1]; }

  // Above the dearest point more money buys nothing. Steps back in price, which realised prices can have, are taken
  // back in the area.
  double area(std::span<const double> means, double most) const {
    const double least = dollars(means, points - 1);
    if (!(most > least)) return kNotKnown;
    double sum = (most - dollars(means, 0)) * score(means, 0);
    for (std::size_t i = 0; i + 1 < points; ++i) {
      sum += (dollars(means, i) - dollars(means, i + 1)) * (score(means, i) + score(means, i + 1)) / 2;
    }
    return sum / (most - least);
  }

  // Accuracy for `price`; NaN if nothing is that cheap.
  double at(std::span<const double> means, double price) const {
    if (dollars(means, 0) <= price) return score(means, 0);
    for (std::size_t i = 0; i + 1 < points; ++i) {
      const double dear = dollars(means, i);
      const double cheap = dollars(means, i + 1);
      if (!(cheap <= price)) continue;
      const double share = dear > cheap ? (price - cheap) / (dear - cheap) : 1;
      return score(means, i + 1) + share * (score(means, i) - score(means, i + 1));
    }
    return kNotKnown;
  }
};

}  // namespace

std::vector<double> CostCurves::grid(std::span<const double> cost, double asked) {
  constexpr double kLeast = -2, kMost = 4, kStep = 0.25;  // powers of ten, over the range of the prices
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double one : cost) {
    if (std::isnan(one)) continue;
    low = std::min(low, one);
    high = std::max(high, one);
  }
  if (!(high > low)) return {};
  std::vector<double> weights = {0};
  for (double power = kLeast; power <= kMost; power += kStep) weights.push_back(std::pow(10, power) / (high - low));
  weights.push_back(std::numeric_limits<double>::infinity());
  weights.push_back(asked);
  std::sort(weights.begin(), weights.end());
  weights.erase(std::unique(weights.begin(), weights.end()), weights.end());
  return weights;
}

CostCurves::CostCurves(std::vector<std::string> names, std::size_t single, std::vector<double> weights,
                       double asked, std::size_t queries)
    : names_(std::move(names)),
      single_(single),
      weights_(std::move(weights)),
      asked_(static_cast<std::size_t>(std::ranges::find(weights_, asked) - weights_.begin())),
      pools_(queries, 0) {
  sums_.assign(queries * width(), 0);
}

void CostCurves::add(std::size_t query, std::size_t way, std::size_t at, double score, double dollars) {
  double* const cell = sums_.data() + query * width() + column(way, at);
  cell[0] += score;
  cell[1] += dollars;
}

void CostCurves::add_pool(std::size_t query, double dearest) {
  sums_[(query + 1) * width() - 1] += dearest;
  ++pools_[query];
}

std::vector<CostCurve> CostCurves::curves(std::span<const std::uint32_t> group) const {
  const Means means(sums_, pools_, group, width());
  std::vector<CostCurve> result;
  if (means.queries() == 0) return result;
  const std::size_t dearest = width() - 1;
  const Path single{column(single_, 0), weights_.size()};
  for (std::size_t way = 0; way < names_.size(); ++way) {
    const Path path{column(way, 0), weights_.size()};
    CostCurve curve{.name = names_[way],
                    .points = {},
                    .area = {},
                    .area_gain = {},
                    .at_half = {},
                    .at_half_gain = {},
                    .arena = {},
                    .arena_gain = {}};
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const stats::MeanSe accuracy = means([&](std::span<const double> of) { return path.score(of, i); });
      const double dollars = means.of_column(column(way, i) + 1);
      if (!curve.points.empty() && curve.points.back().dollars == dollars &&
          curve.points.back().accuracy.mean == accuracy.mean) {
        continue;
      }
      curve.points.push_back({weights_[i], accuracy, dollars});
    }
    const auto area = [&](const Path& one, std::span<const double> of) {
      double most = of[dearest];
      for (std::size_t other = 0; other < names_.size(); ++other) most = std::max(most, of[column(other, 0) + 1]);
      return one.area(of, most);
    };
    const auto at_half = [&](const Path& one, std::span<const double> of) {
      return one.at(of, single.dollars(of, 0) / 2) / single.score(of, 0);
    };
    curve.area = means([&](std::span<const double> of) { return area(path, of); });
    curve.at_half = means([&](std::span<const double> of) { return at_half(path, of); });
    curve.area_gain = means([&](std::span<const double> of) { return area(path, of) - area(single, of); });
    const auto arena = [](const Path& one, std::span<const double> of, std::size_t i) {
      return arena_score(one.score(of, i), 1000 * one.dollars(of, i));
    };
    curve.arena = means([&](std::span<const double> of) { return arena(path, of, asked_); });
    curve.arena_gain =
        means([&](std::span<const double> of) { return arena(path, of, asked_) - arena(single, of, 0); });
    curve.at_half_gain = means([&](std::span<const double> of) { return at_half(path, of) - at_half(single, of); });
    result.push_back(std::move(curve));
  }
  return result;
}

double arena_score(double accuracy, double dollars_per_1000) {
  constexpr double kCheap = 0.0044, kDear = 200, kBeta = 0.1;
  if (std::isnan(accuracy) || std::isnan(dollars_per_1000)) return kNotKnown;
  const double cheapness = std::clamp(std::log(kDear / dollars_per_1000) / std::log(kDear / kCheap), 0.0, 1.0);
  const double below = kBeta * accuracy + cheapness;
  return below > 0 ? (1 + kBeta) * accuracy * cheapness / below : 0;
}

}  // namespace assay::sim
