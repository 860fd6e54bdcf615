#include "assay/stats/betting.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace assay::stats {
namespace {

constexpr double kLargestLoss = 0.9;  // of the capital, in one bet
constexpr int kBisections = 40;

// One gambler for each of these numbers of values, with stakes that are best for so many; each has an equal part
// of the capital. As none depends on the mean that is tested, apart from the cap, the capital falls as that mean
// grows, and bisection finds the bound.
constexpr std::size_t kShortestHorizon = 16;
constexpr std::size_t kHorizonFactor = 4;
constexpr std::size_t kLongestHorizon = 65'536;

constexpr std::size_t kEndless = std::numeric_limits<std::size_t>::max();  // a population that is never used up

// Stakes by the values before each: the "predictable plug-in" of Waudby-Smith and Ramdas for intervals of
// `horizon` values, with the mean and the variance shrunk towards 1/2 and 1/4. `wanted` is the capital that
// excludes.
std::vector<double> plug_in_stakes(std::span<const double> values, std::size_t horizon, double wanted) {
  std::vector<double> stakes;
  stakes.reserve(values.size());
  double sum = 0.5;
  double squares = 0.25;  // of the distances from the mean at that time
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto count = static_cast<double>(i + 1);
    stakes.push_back(std::sqrt(2 * std::log(wanted) / (squares / count * static_cast<double>(horizon))));
    sum += values[i];
    const double distance = values[i] - sum / (count + 1);
    squares += distance * distance;
  }
  return stakes;
}

std::vector<std::vector<double>> gamblers(std::span<const double> values, std::size_t population, double wanted) {
  std::vector<std::vector<double>> result;
  std::size_t horizon = kShortestHorizon;
  do {
    result.push_back(plug_in_stakes(values, horizon, wanted));
    horizon *= kHorizonFactor;
  } while (horizon / 2 <= population && horizon <= kLongestHorizon);
  return result;
}

// Log capital of betting that the mean is above `mean`. Decreases in `mean`.
double log_capital(std::span<const double> values, std::span<const double> stakes, std::size_t population,
                   double mean) {
  double log = 0;
  double product = 1;  // what is not in `log` yet: logarithms are dear
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double price = std::max(mean_of_rest(mean, sum, i, population), std::numeric_limits<double>::min());
    product *= 1 + std::min(stakes[i], kLargestLoss / price) * (values[i] - price);
    if (product < 1e-100 || product > 1e100) {
      log += std::log(product);
      product = 1;
    }
    sum += values[i];
  }
  return log + std::log(product);
}

// Below which the mean is excluded by a capital of `wanted`.
double lower_bound(std::span<const double> values, std::size_t population, double wanted) {
  const std::vector<std::vector<double>> stakes = gamblers(values, population, wanted);
  const auto excluded = [&](double mean) {
    double capital = 0;
    for (const auto& part : stakes) capital += std::exp(log_capital(values, part, population, mean));
    return capital >= wanted * static_cast<double>(stakes.size());
  };
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const auto all = static_cast<double>(population);
  double low = sum / all;
  double high = (sum + all - static_cast<double>(values.size())) / all;
  if (!excluded(low)) return low;
  for (int i = 0; i < kBisections; ++i) {
    const double middle = (low + high) / 2;
    (excluded(middle) ? low : high) = middle;
  }
  return low;
}

Interval interval(std::span<const double> values, std::size_t population, double error) {
  if (values.empty()) return {0, 1};
  std::vector<double> flipped;
  flipped.reserve(values.size());
  for (const double value : values) flipped.push_back(1 - value);
  const double wanted = 2 / error;  // on either side
  const double low = lower_bound(values, population, wanted);
  return {low, std::max(low, 1 - lower_bound(flipped, population, wanted))};
}

}  // namespace

void Capital::bet(double stake, double gain) { bet_log(std::log1p(stake * gain)); }

void Capital::bet_log(double log_factor) {
  log_ += log_factor;
  highest_log_ = std::max(highest_log_, log_);
}

double exclusion_level(double log_capital) { return std::min(1.0, std::exp(-log_capital)); }

double mean_of_rest(double mean, double sum, std::size_t drawn, std::size_t population) {
  return (mean * static_cast<double>(population) - sum) / static_cast<double>(population - drawn);
}

Stake kelly_stake(double mean, double square, double price, double lowest) {
  constexpr double kSmallestSquare = 1e-6;  // the cap rules there
  const double gain = mean - price;
  if (!(gain > 0)) return {};
  const double spread = std::max({square - 2 * price * mean + price * price, gain * gain, kSmallestSquare});
  const double risk = price - lowest;
  const double size = risk > 0 ? std::min(gain / spread, kLargestLoss / risk) : gain / spread;
  return {size, size * gain - 0.5 * size * size * spread};
}

Interval betting_interval(std::span<const double> values, std::size_t population) {
  return interval(values, std::max(population, values.size()), 0.05);
}

Interval drawn_mean_interval(std::span<const double> values, double error) {
  return interval(values, kEndless, error);
}

}  // namespace assay::stats
