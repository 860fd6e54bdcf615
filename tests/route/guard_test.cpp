#include "assay/route/guard.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"

namespace assay::route {
namespace {

// Queries whose margin is an overstated prediction of the gain: routing far down loses.
struct Population {
  double slope = 0.8;  // expected gain = slope * margin - offset
  double offset = 0.1;
  bool partial = false;  // scores between 0 and 1 instead of 0 and 1

  double expected(double margin) const { return slope * margin - offset; }
  HeldOutRouting draw(Rng& rng) const {
    const double margin = 0.4 * rng.uniform();
    const double mean = expected(margin);
    if (partial) return {margin, std::clamp(mean + 0.2 * (rng.uniform() - 0.5), -1.0, 1.0)};
    const double u = rng.uniform();  // half of the queries are answered alike by both models
    return {margin, u < 0.25 + mean / 2 ? 1.0 : u < 0.5 ? -1.0 : 0.0};
  }
  // Margins are uniform on [0, 0.4].
  double gain_above(double margin) const {
    const double from = std::min(margin, 0.4);
    return (slope * (0.16 - from * from) / 2 - offset * (0.4 - from)) / 0.4;
  }
  double share_above(double margin) const { return (0.4 - std::min(margin, 0.4)) / 0.4; }
  // What is routed by the smallest margin that keeps the risk.
  double oracle_share(double risk) const {
    for (double margin = 0; margin < 0.4; margin += 1e-4) {
      if (gain_above(margin) >= -risk) return share_above(margin);
    }
    return 0;
  }
};

struct Outcome {
  double violations = 0, share = 0, refused = 0;
};

Outcome repeat(const Population& population, std::size_t queries, double risk, double delta, int splits) {
  Outcome outcome;
  for (int split = 0; split < splits; ++split) {
    Rng rng(17, static_cast<std::uint64_t>(split));
    std::vector<HeldOutRouting> held_out;
    for (std::size_t i = 0; i < queries; ++i) held_out.push_back(population.draw(rng));
    const Guard guard = fit_guard(held_out, risk, delta);
    if (!guard.routes) {
      ++outcome.refused;
      continue;
    }
    outcome.violations += population.gain_above(guard.margin) < -risk ? 1 : 0;
    outcome.share += population.share_above(guard.margin) / splits;
  }
  return outcome;
}

TEST(Guard, IsViolatedNoMoreOftenThanAgreed) {
  // Routing all loses 3 points where 1 is allowed.
  const Population population{.slope = 0.5, .offset = 0.13};
  EXPECT_LE(repeat(population, 400, 0.01, 0.1, 1000).violations, 100);
  const Population partial{.slope = 0.5, .offset = 0.13, .partial = true};
  EXPECT_LE(repeat(partial, 400, 0.01, 0.1, 1000).violations, 100);
}

TEST(Guard, NeverRoutesForNothingWhereRoutingHarms) {
  const Population harmful{.slope = 0, .offset = 0.2};
  const Outcome outcome = repeat(harmful, 500, 0, 0.05, 200);
  EXPECT_GE(outcome.refused, 190);
}

TEST(Guard, RoutesNearlyWhatIsSafe) {
  const Population helpful{.slope = 1, .offset = 0.15};
  EXPECT_EQ(helpful.oracle_share(0.02), 1);
  EXPECT_GE(repeat(helpful, 4000, 0.02, 0.05, 20).share, 0.9);
  // What is predicted is gained where the margin is large only.
  const Population mixed{.slope = 2, .offset = 0.5};
  EXPECT_NEAR(mixed.oracle_share(0.02), 0.811, 0.001);
  const Outcome outcome = repeat(mixed, 20'000, 0.02, 0.05, 10);
  EXPECT_LE(outcome.violations, 1);
  EXPECT_GE(outcome.share, 0.9 * 0.811);
}

TEST(Guard, ARiskOfZeroIsKeptByAGain) {
  const Population helpful{.slope = 1, .offset = 0};
  const Outcome outcome = repeat(helpful, 2000, 0, 0.05, 20);
  EXPECT_EQ(outcome.refused, 0);
  EXPECT_NEAR(outcome.share, 1, 1e-9);
}

TEST(Guard, RefusesWithTooFewQueries) {
  const std::size_t fewest = fewest_for_guard(0.05, 0.05);
  EXPECT_GT(fewest, 20U);
  EXPECT_TRUE(fit_guard(std::vector<HeldOutRouting>(fewest), 0.05, 0.05).routes);
  EXPECT_FALSE(fit_guard(std::vector<HeldOutRouting>(fewest - 1), 0.05, 0.05).routes);
  EXPECT_FALSE(fit_guard({}, 0.05, 0.05).routes);
}

TEST(Guard, SaysWhatItFound) {
  std::vector<HeldOutRouting> held_out;
  for (int i = 0; i < 3000; ++i)
    held_out.push_back(i % 2 == 0 ? HeldOutRouting{0.3, i % 4 == 0 ? 1.0 : 0.0} : HeldOutRouting{});
  const Guard guard = fit_guard(held_out, 0.02, 0.05);
  EXPECT_TRUE(guard.routes);
  EXPECT_EQ(guard.queries, 3000);
  EXPECT_NEAR(guard.routed, 0.5, 1e-12);
  EXPECT_NEAR(guard.gain, 0.25, 1e-12);
  EXPECT_GT(guard.least_gain, 0.2);
  EXPECT_LT(guard.least_gain, 0.25);
}

TEST(Guard, RefusesWhatMakesNoSense) {
  EXPECT_THROW(fit_guard({}, -0.1, 0.05), InvalidArgument);
  EXPECT_THROW(fit_guard({}, 1, 0.05), InvalidArgument);
  EXPECT_THROW(fit_guard({}, 0.1, 0), InvalidArgument);
  EXPECT_THROW(fit_guard({}, 0.1, 0.5), InvalidArgument);
  EXPECT_THROW(fit_guard({}, std::nan(""), 0.05), InvalidArgument);
}

}  // namespace
}  // namespace assay::route
