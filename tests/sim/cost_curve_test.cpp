#include "assay/sim/cost_curve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "assay/core/rng.h"

namespace assay::sim {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(CostCurves, GridGoesFromNothingToTheCheapest) {
  const std::vector<double> prices = {1, std::nan(""), 3};
  const std::vector<double> weights = CostCurves::grid(prices, 0.3);
  EXPECT_EQ(weights.front(), 0);
  EXPECT_EQ(weights.back(), kInfinite);
  EXPECT_TRUE(std::ranges::is_sorted(weights));
  EXPECT_NE(std::ranges::find(weights, 0.3), weights.end());
  EXPECT_NEAR(weights[1], 0.01 / 2, 1e-12) << "a hundredth of the range of the prices";
  EXPECT_TRUE(CostCurves::grid(std::vector<double>{2, 2}, 0).empty());
  EXPECT_TRUE(CostCurves::grid(std::vector<double>{std::nan("")}, 0).empty());
}

// Two ways over three weights: the first one routes, the second one asks one model. Prices 10, 4 and 1 dollars.
CostCurves example() {
  CostCurves curves({"routed", "single"}, 1, {0, 1, kInfinite}, 0, 4);
  for (std::size_t query = 0; query < 4; ++query) {
    curves.add_pool(query, 10);
    const double odd = query % 2 == 1 ? 1 : 0;
    curves.add(query, 0, 0, 1, 8);
    curves.add(query, 0, 1, query == 0 ? 0 : 1, 4);
    curves.add(query, 0, 2, odd, 1);
    curves.add(query, 1, 0, query == 0 ? 0 : 1, 10);
    curves.add(query, 1, 1, odd, 4);
    curves.add(query, 1, 2, odd, 1);
  }
  return curves;
}

TEST(CostCurves, AreasAreThoseByHand) {
  const std::vector<std::uint32_t> texts = {0, 1, 2, 3};
  const std::vector<CostCurve> curves = example().curves(texts);
  ASSERT_EQ(curves.size(), 2U);
  const CostCurve& routed = curves[0];
  EXPECT_EQ(routed.name, "routed");
  ASSERT_EQ(routed.points.size(), 3U);
  EXPECT_NEAR(routed.points[1].accuracy.mean, 0.75, 1e-9);
  EXPECT_NEAR(routed.points[1].accuracy.se, std::sqrt(0.75 * 0.25 / 3), 1e-6);
  EXPECT_NEAR(routed.points[1].dollars, 4, 1e-6);
  // From 1 to 4 the mean of 0.5 and 0.75, from 4 to 8 that of 0.75 and 1, above that 1.
  EXPECT_NEAR(routed.area.mean, (3 * 0.625 + 4 * 0.875 + 2) / 9, 1e-6);
  const double single = (3 * 0.5 + 6 * 0.625) / 9;
  EXPECT_NEAR(curves[1].area.mean, single, 1e-6);
  EXPECT_NEAR(routed.area_gain.mean, routed.area.mean - single, 1e-9);
  // Half of the single model's 10 dollars; it is right in three of four.
  EXPECT_NEAR(routed.at_half.mean, (0.75 + 0.25 / 4) / 0.75, 1e-6);
  EXPECT_NEAR(curves[1].at_half.mean, (0.5 + 0.25 / 6) / 0.75, 1e-6);
  EXPECT_EQ(curves[1].area_gain.mean, 0);
  EXPECT_EQ(curves[1].area_gain.se, 0);
}

TEST(CostCurves, QueriesOfOneTextAreOneWitness) {
  const std::vector<std::uint32_t> apart = {0, 1, 2, 3, 4, 5, 6, 7}, pairs = {0, 1, 2, 3, 0, 1, 2, 3};
  CostCurves curves({"single"}, 0, {0, kInfinite}, 0, 8);
  for (std::size_t query = 0; query < 8; ++query) {
    curves.add_pool(query, 2);
    curves.add(query, 0, 0, query % 4 == 0 ? 0 : 1, 2);
    curves.add(query, 0, 1, 0, 1);
  }
  const double alone = curves.curves(apart)[0].points[0].accuracy.se;
  const double twice = curves.curves(pairs)[0].points[0].accuracy.se;
  EXPECT_NEAR(twice / alone, std::sqrt(2.0 * (4.0 / 3) / (8.0 / 7)), 1e-6);
}

TEST(CostCurves, NothingIsThatCheap) {
  CostCurves curves({"single"}, 0, {0, kInfinite}, 0, 3);
  for (std::size_t query = 0; query < 3; ++query) {
    curves.add_pool(query, 2);
    curves.add(query, 0, 0, 1, 2);
    curves.add(query, 0, 1, 1, 1.5);
  }
  EXPECT_TRUE(std::isnan(curves.curves(std::vector<std::uint32_t>{0, 1, 2})[0].at_half.mean));
  EXPECT_TRUE(CostCurves({"single"}, 0, {0, kInfinite}, 0, 3).curves(std::vector<std::uint32_t>{0, 1, 2}).empty())
      << "no pool was added";
}

// The slow reference: queries drawn again with replacement.
TEST(CostCurves, ErrorsAreThoseOfABootstrap) {
  constexpr std::size_t kQueries = 400, kDraws = 600;
  const std::vector<double> weights = {0, 1, 2, kInfinite};
  Rng rng(5);
  std::vector<std::vector<double>> score(kQueries), price(kQueries);
  for (std::size_t i = 0; i < kQueries; ++i) {
    const double easy = rng.uniform();
    for (std::size_t way = 0; way < 2; ++way) {
      for (std::size_t at = 0; at < weights.size(); ++at) {
        const double chance = 0.3 + 0.4 * easy - 0.1 * static_cast<double>(at) - 0.05 * static_cast<double>(way);
        score[i].push_back(rng.uniform() < chance ? 1 : 0);
        price[i].push_back(0.001 * (4 - static_cast<double>(at)) * (0.5 + rng.uniform()));
      }
    }
  }
  std::vector<std::uint32_t> texts(kQueries);
  std::iota(texts.begin(), texts.end(), 0U);
  const auto curve = [&](const std::vector<std::size_t>& queries) {
    CostCurves curves({"routed", "single"}, 1, weights, 1, queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      curves.add_pool(i, 0.006);
      for (std::size_t cell = 0; cell < score[0].size(); ++cell) {
        curves.add(i, cell / weights.size(), cell % weights.size(), score[queries[i]][cell],
                   price[queries[i]][cell]);
      }
    }
    return curves.curves(texts)[0];
  };
  std::vector<std::size_t> all(kQueries);
  std::iota(all.begin(), all.end(), std::size_t{0});
  const CostCurve whole = curve(all);
  std::array<double, 4> sums{}, squares{};
  for (std::size_t draw = 0; draw < kDraws; ++draw) {
    std::vector<std::size_t> queries(kQueries);
    for (std::size_t& query : queries) query = rng.below(kQueries);
    const CostCurve one = curve(queries);
    const std::array values = {one.area.mean, one.area_gain.mean, one.at_half_gain.mean, one.arena_gain.mean};
    for (std::size_t i = 0; i < values.size(); ++i) {
      sums[i] += values[i];
      squares[i] += values[i] * values[i];
    }
  }
  const std::array told = {whole.area.se, whole.area_gain.se, whole.at_half_gain.se, whole.arena_gain.se};
  for (std::size_t i = 0; i < told.size(); ++i) {
    const double mean = sums[i] / kDraws;
    const double spread = std::sqrt(squares[i] / kDraws - mean * mean);
    EXPECT_NEAR(told[i] / spread, 1, 0.12) << i;
  }
}

// Rows of its table of routers, accuracy and price as printed there.
TEST(ArenaScore, IsThatOfTheLeaderboard) {
  EXPECT_NEAR(arena_score(0.6688, 0.15), 0.6689, 0.0003);
  EXPECT_NEAR(arena_score(0.6809, 0.54), 0.6666, 0.0003);
  EXPECT_NEAR(arena_score(0.7396, 10.02), 0.6432, 0.0003);
  EXPECT_EQ(arena_score(0.9, 500), 0) << "dearer than the scale";
  EXPECT_NEAR(arena_score(0.9, 0), 1.1 * 0.9 / 1.09, 1e-12) << "cheaper than the scale";
  EXPECT_EQ(arena_score(0, 0.15), 0);
}

}  // namespace
}  // namespace assay::sim
