#include "assay/data/synthetic_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "assay/core/rng.h"
#include "assay/stats/normal.h"

namespace assay::data {
namespace {

constexpr const char* kScoreJudge = "synthetic";
constexpr const char* kModel = "model";
constexpr double kParetoIndex = 1.5;

double equal(std::size_t /*i*/, std::size_t /*arms*/) { return 1; }

double two_groups(std::size_t i, std::size_t /*arms*/) { return i % 5 == 0 ? 1 : 0.0625; }

// Quantiles of a Pareto distribution whose median is one.
double heavy_tailed(std::size_t i, std::size_t arms) {
  const double above = 1 - (static_cast<double>(i) + 0.5) / static_cast<double>(arms);
  return std::pow(2 * above, -1 / kParetoIndex);
}

double mostly_zero(std::size_t i, std::size_t /*arms*/) { return i % 10 == 0 ? 1 : 0; }

constexpr std::array kFamilies = {
    ScoreFamily{"equal", "every arm has variance 1", equal},
    ScoreFamily{"two-groups", "a fifth of the arms have variance 1, the others 1/16", two_groups},
    ScoreFamily{"heavy-tailed", "variances are Pareto distributed with index 1.5 and median 1", heavy_tailed},
    ScoreFamily{"mostly-zero", "nine arms in ten always score the same, the tenth has variance 1; whole numbers",
                mostly_zero, true},
};

void check(const SyntheticScoresOptions& options) {
  if (options.arms < 1 || options.arms > 1'000'000) {
    throw InvalidArgument(fmt::format("arms must be 1 to 1,000,000, came {}", options.arms));
  }
  if (options.repeats < 2 || options.repeats > 1000 || options.repeats % 2 != 0) {
    throw InvalidArgument(fmt::format("repeats must be an even number from 2 to 1000, came {}", options.repeats));
  }
}

// Mean 0, variance 1.
std::vector<double> shape_of(const ScoreFamily& family, std::size_t repeats) {
  std::vector<double> shape;
  for (std::size_t r = 0; r < repeats; ++r) {
    const double quantile = stats::normal_quantile((static_cast<double>(r) + 0.5) / static_cast<double>(repeats));
    shape.push_back(family.whole ? (r < repeats / 2 ? -1.0 : 1.0) : quantile);
  }
  const double squares = std::inner_product(shape.begin(), shape.end(), shape.begin(), 0.0);
  for (double& each : shape) each /= std::sqrt(squares / static_cast<double>(repeats));
  return shape;
}

}  // namespace

std::span<const ScoreFamily> score_families() { return kFamilies; }

const ScoreFamily& score_family(std::string_view name) {
  std::string names;
  for (const ScoreFamily& family : kFamilies) {
    if (family.name == name) return family;
    names += (names.empty() ? "" : ", ") + std::string(family.name);
  }
  throw InvalidArgument("unknown family of scores " + quoted(name) + "; expected one of " + names);
}

SyntheticArms generate_scores(const SyntheticScoresOptions& options, RecordSink& sink, const Progress& progress) {
  const ScoreFamily& family = score_family(options.family);
  check(options);
  const std::vector<double> shape = shape_of(family, options.repeats);
  Rng rng(options.seed);
  std::vector<std::size_t> order(options.arms);
  std::iota(order.begin(), order.end(), std::size_t{0});
  rng.shuffle(std::span<std::size_t>(order));
  SyntheticArms truth;
  for (std::size_t i = 0; i < options.arms; ++i) {
    const double variance = family.variance(order[i], options.arms);
    const double deviation = std::sqrt(variance);
    const double mean = family.whole ? 2 + static_cast<double>(rng.below(3)) : 1 + 4 * rng.uniform();
    const std::string query = fmt::format("q{:07}", i + 1);
    for (std::size_t r = 0; r < options.repeats; ++r) {
      sink.add(ScoreRecord{.query = query,
                           .model = kModel,
                           .judge = kScoreJudge,
                           .repeat = static_cast<int>(r + 1),
                           .value = mean + deviation * shape[r]},
               {"synthetic", i + 1}, OnConflict::fail);
    }
    truth.largest_variance = std::max(truth.largest_variance, variance);
    truth.mean_variance += variance / static_cast<double>(options.arms);
    if (progress) progress(i + 1, options.arms);
  }
  return truth;
}

}  // namespace assay::data
