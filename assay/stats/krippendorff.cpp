#include "assay/stats/krippendorff.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::stats {
namespace {

// How often a value was given beside another one: o_ck, row after row.
using Coincidences = std::vector<double>;

void add_unit(const std::vector<std::size_t>& values, std::size_t categories, Coincidences& counts) {
  const double share = 1 / static_cast<double>(values.size() - 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      if (i != j) counts[values[i] * categories + values[j]] += share;
    }
  }
}

// Squared differences of c < k. `totals`: n_c.
double difference(const std::vector<double>& totals, std::size_t c, std::size_t k, Level level) {
  if (level == Level::nominal) return 1;
  double between = -(totals[c] + totals[k]) / 2;
  for (std::size_t g = c; g <= k; ++g) between += totals[g];
  return between * between;
}

// NaN where all values are the same.
double alpha_of(const Coincidences& counts, std::size_t categories, Level level) {
  std::vector<double> totals(categories, 0);
  double n = 0;
  for (std::size_t c = 0; c < categories; ++c) {
    for (std::size_t k = 0; k < categories; ++k) totals[c] += counts[c * categories + k];
    n += totals[c];
  }
  double observed = 0;
  double expected = 0;
  for (std::size_t c = 0; c < categories; ++c) {
    for (std::size_t k = c + 1; k < categories; ++k) {
      const double squared = difference(totals, c, k, level);
      observed += counts[c * categories + k] * squared;
      expected += totals[c] * totals[k] * squared;
    }
  }
  return expected > 0 ? 1 - (n - 1) * observed / expected : std::nan("");
}

// Between the two nearest of a sorted sample.
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

std::optional<Alpha> krippendorff_alpha(std::span<const std::vector<std::size_t>> units, std::size_t categories,
                                        Level level, std::uint64_t seed, std::size_t replicates) {
  Alpha alpha;
  std::vector<Coincidences> kinds;   // of units, few: what was given in one is given in many
  std::vector<std::size_t> of_unit;  // its kind
  Coincidences all(categories * categories, 0);
  for (const std::vector<std::size_t>& values : units) {
    for (const std::size_t value : values) {
      if (value < categories) continue;
      throw InvalidArgument("expected a value below " + std::to_string(categories) + ", came " +
                            std::to_string(value));
    }
    if (values.size() < 2) continue;
    ++alpha.units;
    alpha.values += values.size();
    Coincidences counts(categories * categories, 0);
    add_unit(values, categories, counts);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += counts[i];
    const auto kind = std::ranges::find(kinds, counts);
    of_unit.push_back(static_cast<std::size_t>(kind - kinds.begin()));
    if (kind == kinds.end()) kinds.push_back(std::move(counts));
  }
  alpha.value = alpha.units > 0 ? alpha_of(all, categories, level) : std::nan("");
  if (std::isnan(alpha.value)) return std::nullopt;
  Rng rng(seed);
  std::vector<double> sample;
  std::vector<double> drawn(kinds.size(), 0);
  for (std::size_t replicate = 0; replicate < replicates; ++replicate) {
    std::ranges::fill(drawn, 0.0);
    for (std::size_t u = 0; u < of_unit.size(); ++u) ++drawn[of_unit[rng.below(of_unit.size())]];
    std::ranges::fill(all, 0.0);
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      for (std::size_t i = 0; i < all.size(); ++i) all[i] += drawn[kind] * kinds[kind][i];
    }
    const double value = alpha_of(all, categories, level);
    if (!std::isnan(value)) sample.push_back(value);
  }
  if (sample.empty()) sample.push_back(alpha.value);
  std::ranges::sort(sample);
  alpha.interval = {quantile(sample, 0.025), quantile(sample, 0.975)};
  return alpha;
}

}  // namespace assay::stats
