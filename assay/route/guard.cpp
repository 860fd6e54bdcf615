#include "assay/route/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "assay/core/error.h"

namespace assay::route {
namespace {

constexpr double kLargestMargin = 0.6;
constexpr double kStep = 1.1;  // each margin is so much larger than the next: fine enough to lose little
constexpr std::size_t kMargins = 50;

// Stakes are best for one of these variances of the gain each; the capital is shared among them.
constexpr std::array kVariances = {1.0, 1.0 / 4, 1.0 / 16, 1.0 / 64};
constexpr double kLargestLoss = 0.9;  // of the capital, in one bet

// Fixed beforehand: margins that depend on the held-out queries would void the tests.
std::vector<double> margins_to_try(double risk) {
  if (risk == 0) return {0};
  std::vector<double> margins;
  double margin = kLargestMargin;
  for (std::size_t i = 0; i < kMargins; ++i, margin /= kStep) margins.push_back(margin);
  margins.push_back(0);
  return margins;
}

// Whether it is excluded at the level delta that gains in [-1, 1] have the expectation `mean` or a smaller one. Of
// independent gains x and a fixed stake s the product of 1 + s (x - mean) then has an expectation of 1 at most,
// and so has a mean of such products. It reaches 1 / delta with probability delta at most.
bool excluded(std::span<const double> gains, double mean, double delta) {
  if (gains.empty()) return false;
  const double wanted = std::log(1 / delta);
  double capital = 0;
  for (const double variance : kVariances) {
    const double best = std::sqrt(2 * wanted / (static_cast<double>(gains.size()) * variance));
    const double stake = std::min(best, kLargestLoss / (1 + mean));
    double log = 0, product = 1;  // what is not in `log` yet: logarithms are dear
    for (const double gain : gains) {
      product *= 1 + stake * (gain - mean);
      if (product > 1e-100 && product < 1e100) continue;
      log += std::log(product);
      product = 1;
    }
    capital += std::exp(std::min(log + std::log(product), 100.0));
  }
  return capital >= static_cast<double>(kVariances.size()) / delta;
}

// Lower bound of the expected gain: what is not excluded.
double lower_bound(std::span<const double> gains, double delta) {
  constexpr int kBisections = 30;
  double low = -1 + 1e-9, high = 1;
  if (!excluded(gains, low, delta)) return -1;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (excluded(gains, middle, delta) ? low : high) = middle;
  }
  return low;
}

}  // namespace

Guard fit_guard(std::span<const HeldOutRouting> held_out, double risk, double delta) {
  if (!(risk >= 0 && risk < 1)) throw InvalidArgument(fmt::format("the risk must be 0 to 1, came {:g}", risk));
  if (!(delta > 0 && delta < 0.5)) {
    throw InvalidArgument(fmt::format("`delta` must be above 0 and below 0.5, came {:g}", delta));
  }
  Guard guard;
  guard.risk = risk;
  guard.delta = delta;
  guard.queries = static_cast<double>(held_out.size());
  std::vector<double> gains(held_out.size()), kept;
  for (const double margin : margins_to_try(risk)) {
    double routed = 0, gain = 0;
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const bool away = held_out[i].margin > margin;
      gains[i] = away ? std::clamp(held_out[i].gain, -1.0, 1.0) : 0;
      routed += away ? 1 : 0;
      gain += gains[i];
    }
    const bool holds = excluded(gains, -risk, delta);
    if (!holds && guard.routes) break;
    const double count = std::max(1.0, guard.queries);
    guard.routes = holds;
    guard.margin = margin;
    guard.routed = routed / count;
    guard.gain = gain / count;
    kept = gains;
    if (!holds) break;
  }
  guard.least_gain = lower_bound(kept, delta);
  return guard;
}

std::size_t fewest_for_guard(double risk, double delta) {
  if (risk == 0) return 0;
  // Held-out queries that all stay with the best single model, in which case there is no luck.
  constexpr std::size_t kMost = std::size_t{1} << 20U;
  std::size_t low = 0, high = 1;
  const auto enough = [&](std::size_t count) { return excluded(std::vector<double>(count, 0.0), -risk, delta); };
  while (high < kMost && !enough(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace assay::route
