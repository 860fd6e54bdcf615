#include "assay/stats/drawing_bets.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::stats {
namespace {

// Growth of what is solved for. Nothing hangs on its precision: every bet is valid, this one is only the fastest.
constexpr double kLeastGrowth = 1e-5;
constexpr double kMostGrowth = 3;
constexpr int kGrowthBisections = 14;
constexpr int kNewtonSteps = 30;
constexpr double kLeastKept = 1e-3;  // no draw ruins the gambler

// log(1 + r) for a p in (0, 1) and log G > 0. The left side of the equation grows with r.
double solved(double p, double growth) {
  double t = std::min(std::sqrt(2 * growth / (p * (1 - p))), (growth - std::log(p)) / (1 - p));
  for (int step = 0; step < kNewtonSteps; ++step) {
    const double up = p * std::exp((1 - p) * t);
    const double down = (1 - p) * std::exp(-p * t);
    const double error = std::log(up + down) - growth;
    const double slope = ((1 - p) * up - p * down) / (up + down);
    if (slope < 1e-12) break;
    t = std::max(1e-9, t - error / slope);
    if (std::fabs(error / slope) < 1e-9 * t) break;
  }
  return t;
}

// Solutions for p by group and growth in equal ratios, made once: solving is dear, and bets are many.
class Solutions {
 public:
  Solutions() : logs_(kTermGroups * (kSteps + 1)) {
    for (std::size_t i = 0; i <= kSteps; ++i) {
      const double part = static_cast<double>(i) / static_cast<double>(kSteps);
      const double growth = kLeastGrowth * std::pow(kMostGrowth / kLeastGrowth, part);
      for (std::size_t g = 0; g < kTermGroups; ++g) logs_[i * kTermGroups + g] = solved(middle(g), growth);
    }
  }

  // log(1 + r) of each group, p by its middle.
  std::array<double, kTermGroups> at(double growth) const {
    const double place = std::log(growth / kLeastGrowth) / std::log(kMostGrowth / kLeastGrowth) * kSteps;
    const double clamped = std::clamp(place, 0.0, kSteps - 1e-9);
    const auto i = static_cast<std::size_t>(clamped);
    const double rest = clamped - static_cast<double>(i);
    const double* before = logs_.data() + i * kTermGroups;
    std::array<double, kTermGroups> logs{};
    for (std::size_t g = 0; g < kTermGroups; ++g) {
      logs[g] = (1 - rest) * before[g] + rest * before[g + kTermGroups];
    }
    return logs;
  }

 private:
  static constexpr std::size_t kSteps = 120;
  static double middle(std::size_t group) {
    return 1 - (static_cast<double>(group) + 0.5) / static_cast<double>(kTermGroups);
  }

  std::vector<double> logs_;
};

const Solutions& solutions() {
  static const Solutions kMade;
  return kMade;
}

}  // namespace

std::size_t term_group(double mean) {
  const double place = std::clamp(mean, 0.0, 1.0) * static_cast<double>(kTermGroups);
  return std::min(kTermGroups - 1, static_cast<std::size_t>(place));
}

DrawingBet fastest_bet(const TermGroups& groups, double allowed) {
  // Of what is expected beyond what is allowed. Falls as the growth rises.
  const auto excess = [&](double growth) {
    const std::array<double, kTermGroups> logs = solutions().at(growth);
    double sum = -std::exp(growth) * allowed;
    for (std::size_t g = 0; g < kTermGroups; ++g) {
      const double y = groups[g].mean;
      if (groups[g].size > 0) sum += groups[g].size * y * std::exp((y - 1) * logs[g]);
    }
    return sum;
  };
  double low = kLeastGrowth;
  double high = kMostGrowth;
  if (excess(high) > 0) low = high;
  for (int i = 0; i < kGrowthBisections && low < high; ++i) {
    const double middle = std::sqrt(low * high);
    (excess(middle) > 0 ? low : high) = middle;
  }
  DrawingBet bet;
  bet.growth = low;
  const std::array<double, kTermGroups> logs = solutions().at(low);
  for (std::size_t g = 0; g < kTermGroups; ++g) {
    if (!(groups[g].size > 0)) continue;
    const double kept = std::max(kLeastKept, 1 / std::expm1(logs[g]));
    bet.kept[g] = kept;
    bet.chance[g] = kept * std::exp(groups[g].mean * std::log1p(1 / kept));
  }
  return bet;
}

}  // namespace assay::stats
