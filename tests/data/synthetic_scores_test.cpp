#include "assay/data/synthetic_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "tests/data/recording_sink.h"

namespace assay::data {
namespace {

// Variance of each arm's recorded scores, sorted.
std::vector<double> variances(const SyntheticScoresOptions& options) {
  RecordingSink sink;
  generate_scores(options, sink);
  std::map<std::string, std::vector<double>> arms;
  for (const auto& [key, record] : sink.scores) arms[std::get<0>(key)].push_back(record.value);
  EXPECT_EQ(arms.size(), options.arms);
  std::vector<double> result;
  for (const auto& [query, scores] : arms) {
    EXPECT_EQ(scores.size(), options.repeats);
    double mean = 0, squares = 0;
    for (const double score : scores) mean += score / static_cast<double>(scores.size());
    for (const double score : scores)
      squares += (score - mean) * (score - mean) / static_cast<double>(scores.size());
    result.push_back(squares);
  }
  std::sort(result.begin(), result.end());
  return result;
}

TEST(SyntheticScores, VariancesAreExactlyThoseOfTheFamily) {
  for (const ScoreFamily& family : score_families()) {
    std::vector<double> expected;
    for (std::size_t i = 0; i < 50; ++i) expected.push_back(family.variance(i, 50));
    std::sort(expected.begin(), expected.end());
    const std::vector<double> came = variances({.family = std::string(family.name), .arms = 50});
    for (std::size_t i = 0; i < 50; ++i) EXPECT_NEAR(came[i], expected[i], 1e-9 * (1 + expected[i])) << family.name;
  }
}

TEST(SyntheticScores, FamiliesAreWhatTheySay) {
  const std::vector<double> groups = variances({.family = "two-groups", .arms = 100});
  EXPECT_NEAR(groups[79], 0.0625, 1e-9);
  EXPECT_NEAR(groups[80], 1, 1e-9);
  const std::vector<double> zero = variances({.family = "mostly-zero", .arms = 100});
  EXPECT_NEAR(zero[89], 0, 1e-20);
  EXPECT_NEAR(zero[90], 1, 1e-9);
  const std::vector<double> heavy = variances({.family = "heavy-tailed", .arms = 101});
  EXPECT_NEAR(heavy[50], 1, 1e-9) << "the median";
  EXPECT_GT(heavy[100], 20);
}

TEST(SyntheticScores, TellsTheTruth) {
  RecordingSink sink;
  const SyntheticArms truth = generate_scores({.family = "two-groups", .arms = 100, .repeats = 2}, sink);
  EXPECT_NEAR(truth.mean_variance, 0.2 + 0.8 / 16, 1e-12);
  EXPECT_EQ(truth.largest_variance, 1);
}

TEST(SyntheticScores, OptionsOutOfRange) {
  RecordingSink sink;
  EXPECT_THROW(generate_scores({.family = "other"}, sink), InvalidArgument);
  EXPECT_THROW(generate_scores({.arms = 0}, sink), InvalidArgument);
  EXPECT_THROW(generate_scores({.repeats = 3}, sink), InvalidArgument);
  EXPECT_THROW(generate_scores({.repeats = 0}, sink), InvalidArgument);
  EXPECT_TRUE(sink.scores.empty());
}

}  // namespace
}  // namespace assay::data
