#include "assay/allocate/variance_model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "assay/stats/normal.h"

namespace assay::allocate {
namespace {

constexpr std::uint32_t kScoresForNoise = 4;  // fewer say nothing about fourth powers
constexpr std::size_t kArmsForLine = 4;
constexpr double kLeastCube = 0.2;  // below it Wilson and Hilferty's root is of no use

/// A variance and how much the square distances vary around it, as a share of it.
struct Point {
  double variance = 0;
  double noise = 0;
  bool operator<(const Point& other) const {
    return std::pair(variance, noise) < std::pair(other.variance, other.noise);
  }
};

std::vector<Point> sorted_points(std::span<const ArmTally> arms) {
  std::vector<Point> points;
  for (const ArmTally& arm : arms) {
    if (arm.scores < kScoresForNoise || !(arm.m2 > 0)) continue;
    const double variance = arm.m2 / arm.scores;
    points.push_back({variance, arm.m4 / arm.scores / variance - variance});
  }
  std::sort(points.begin(), points.end());
  return points;
}

Point mean_of(std::span<const Point> points) {
  Point sum;
  for (const Point& point : points) {
    sum.variance += point.variance;
    sum.noise += point.noise;
  }
  const auto count = static_cast<double>(points.size());
  return {sum.variance / count, sum.noise / count};
}

}  // namespace

VarianceModel::VarianceModel(std::size_t arms)
    : quantile_(stats::normal_quantile(1 - 1 / (static_cast<double>(arms) + 1))) {}

void VarianceModel::fit(std::span<const ArmTally> arms) {
  fit_noise(arms);
  fit_prior(arms);
}

void VarianceModel::fit_noise(std::span<const ArmTally> arms) {
  const std::vector<Point> points = sorted_points(arms);
  if (points.size() < kArmsForLine) return;
  const std::span<const Point> all(points);
  const Point low = mean_of(all.first(all.size() / 2));
  const Point high = mean_of(all.subspan(all.size() / 2));
  if (!(high.variance > 1.0001 * low.variance)) {
    step_ = std::max(0.0, mean_of(all).noise);
    slope_ = 0;
    return;
  }
  slope_ = -(high.noise - low.noise) / (high.variance - low.variance);
  step_ = low.noise + slope_ * low.variance;
  if (step_ >= 0) return;
  step_ = 0;
  slope_ = -std::max(0.0, (low.noise / low.variance + high.noise / high.variance) / 2);
}

double VarianceModel::noise(double variance, double scores) const {
  return variance * (std::max(0.0, step_ - slope_ * variance) + 2 * variance / std::max(1.0, scores - 1));
}

void VarianceModel::fit_prior(std::span<const ArmTally> arms) {
  double count = 0, sum = 0, squares = 0, per_score = 0, of_estimates = 0;
  for (const ArmTally& arm : arms) {
    if (arm.scores < 2) continue;
    const double variance = arm.variance();
    const double spread = noise(variance, arm.scores);
    ++count;
    sum += variance;
    squares += variance * variance;
    per_score += spread;
    of_estimates += spread / arm.scores;
  }
  if (count == 0) return;
  mean_ = sum / count;
  if (!(mean_ > 0)) {  // every arm always gave the same score: nothing to tell them apart
    mean_ = 1;
    prior_scores_ = 1;
    return;
  }
  const double between = (squares - sum * mean_) / std::max(1.0, count - 1) - of_estimates / count;
  prior_scores_ = std::max(1.0, per_score / count / std::max(between, 1e-6 * mean_ * mean_));
}

double VarianceModel::expected(const ArmTally& tally) const {
  return (tally.m2 + prior_scores_ * mean_) / (tally.scores + prior_scores_);
}

double VarianceModel::at(const ArmTally& tally, double quantile) const {
  const double variance = expected(tally);
  const double scores = tally.scores;
  const double spread = noise(variance, scores) / (variance * variance * (scores + prior_scores_));
  const double root = std::max(kLeastCube, 1 - spread / 9 + quantile * std::sqrt(spread) / 3);
  return variance * root * root * root;
}

}  // namespace assay::allocate
