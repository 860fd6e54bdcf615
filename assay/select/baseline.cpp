#include "assay/select/baseline.h"

#include <algorithm>
#include <cmath>

#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr std::size_t kMostLeaders = 5;
constexpr double kClearlyBelow = 2.0;  // Standard errors.

double logit(double p) { return std::log(p / (1 - p)); }
double inverse_logit(double x) { return 1 / (1 + std::exp(-x)); }
double sensitivity_at(double p) { return 4 * p * (1 - p); }

struct Rate {
  double sum = 0;
  double calls = 0;
  double raw() const { return sum / calls; }
  // In the open interval (0, 1).
  double smooth() const { return (sum + 1) / (calls + 2); }
};

std::vector<Rate> known_rates(const RewardTable& judged, std::span<const QueryId> pool) {
  std::vector<Rate> rates(judged.models());
  for (const QueryId query : pool) {
    const auto row = judged.row(query);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == RewardTable::kNone) continue;
      rates[j].sum += RewardTable::decoded(row[j]);
      rates[j].calls += 1;
    }
  }
  return rates;
}

// Two models on the queries on which both have an outcome.
struct Pair {
  std::size_t queries = 0;
  std::size_t differing = 0;
  double gap = 0;   // In log odds.
  double unit = 0;  // Its standard error if there was one query.

  double error() const { return unit / std::sqrt(static_cast<double>(queries) + 2); }
  // Probability that the gap's sign holds if the gap itself moves by N(0, drift^2).
  double order(double drift) const { return stats::normal_cdf(gap / std::sqrt(error() * error() + drift * drift)); }
};

// Two queries are added, half of one for each of win-win, win-loss, loss-win and loss-loss (Agresti and Min 2005),
// so that few queries which all agree do not give a standard error of 0. The error of log odds is by the delta
// method.
Pair compare(const RewardTable& judged, std::span<const QueryId> pool, ModelId first, ModelId second) {
  Pair pair;
  double a = 1;
  double b = 1;
  double aa = 1;
  double bb = 1;
  double ab = 0.5;
  for (const QueryId query : pool) {
    const double x = judged.at(query, first);
    const double y = judged.at(query, second);
    if (std::isnan(x) || std::isnan(y)) continue;
    ++pair.queries;
    if (x != y) ++pair.differing;
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const double n = static_cast<double>(pair.queries) + 2;
  for (double* mean : {&a, &b, &aa, &bb, &ab}) *mean /= n;
  const double slope_a = 1 / (a * (1 - a));
  const double slope_b = 1 / (b * (1 - b));
  const double variance =
      (aa - a * a) * slope_a * slope_a + (bb - b * b) * slope_b * slope_b - 2 * (ab - a * b) * slope_a * slope_b;
  pair.gap = logit(a) - logit(b);
  pair.unit = std::sqrt(std::max(variance, 0.0));
  return pair;
}

// Models with an outcome: `first` if given, then by falling rate.
std::vector<ModelId> ranked(const std::vector<Rate>& rates, std::optional<ModelId> first) {
  std::vector<ModelId> models;
  for (std::size_t j = 0; j < rates.size(); ++j) {
    if (rates[j].calls > 0) models.push_back(model_id(j));
  }
  std::stable_sort(models.begin(), models.end(), [&](ModelId a, ModelId b) {
    if (first && (a == *first) != (b == *first)) return a == *first;
    return rates[index(a)].smooth() > rates[index(b)].smooth();
  });
  return models;
}

struct Expected {
  double win_rate = 0;
  double sensitivity = 0;
};

// Of the leaders against a baseline whose log odds against the present one are `strength`.
Expected against(const std::vector<ModelId>& leaders, const std::vector<Rate>& rates, double strength) {
  Expected mean;
  const auto count = static_cast<double>(leaders.size());
  for (const ModelId leader : leaders) {
    const double p = inverse_logit(logit(rates[index(leader)].smooth()) - strength);
    mean.win_rate += p / count;
    mean.sensitivity += sensitivity_at(p) / count;
  }
  return mean;
}

void describe_first_two(const Pair& pair, BaselineSensitivity& result) {
  result.queries = pair.queries;
  if (pair.queries == 0) return;
  result.discordance = static_cast<double>(pair.differing) / static_cast<double>(pair.queries);
  if (pair.gap > 0) result.queries_to_separate = std::pow(stats::kNormal95 * pair.unit / pair.gap, 2);
  if (pair.error() == 0) return;
  result.order_same_baseline = pair.order(0);
  result.order_other_baseline = pair.order(kBaselineDrift);
  const double least = pair.order(kBaselineDriftHigh);
  result.order_interval = {std::min(least, result.order_same_baseline),
                           std::max(least, result.order_same_baseline)};
}

}  // namespace

std::optional<BaselineSensitivity> baseline_sensitivity(const RewardTable& judged, std::span<const QueryId> pool,
                                                        std::optional<ModelId> leader,
                                                        std::span<const double> win_rates) {
  std::vector<Rate> rates = known_rates(judged, pool);
  for (std::size_t j = 0; j < win_rates.size(); ++j) {
    if (rates[j].calls == 0) continue;
    rates[j].calls = static_cast<double>(pool.size());
    rates[j].sum = win_rates[j] * rates[j].calls;
  }
  const std::vector<ModelId> models = ranked(rates, leader);
  if (models.size() < 2) return std::nullopt;
  BaselineSensitivity result;
  const std::size_t count = std::clamp<std::size_t>(models.size() / 2, 2, kMostLeaders);
  result.leaders.assign(models.begin(), models.begin() + static_cast<std::ptrdiff_t>(count));
  for (const ModelId model : result.leaders)
    result.win_rate += rates[index(model)].raw() / static_cast<double>(count);
  result.sensitivity = against(result.leaders, rates, 0).sensitivity;
  describe_first_two(compare(judged, pool, models[0], models[1]), result);

  result.better_win_rate = result.win_rate;
  double most = kWorthChanging * result.sensitivity;
  for (std::size_t i = count; i < models.size(); ++i) {
    const Pair pair = compare(judged, pool, models[0], models[i]);
    if (pair.gap < kClearlyBelow * pair.error()) continue;
    const Expected expected = against(result.leaders, rates, logit(rates[index(models[i])].smooth()));
    if (expected.sensitivity < most) continue;
    most = expected.sensitivity;
    result.better_baseline = models[i];
    result.better_win_rate = expected.win_rate;
    result.gain = expected.sensitivity / result.sensitivity;
  }
  return result;
}

}  // namespace assay::select
