// Strategy `assay` where its outcome model is wrong: small versions of what bench/robustness.cpp measures.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "tests/sim/scenario.h"

namespace assay::sim {
namespace {

constexpr double kAllowed = 0.05;
constexpr double kErrors = 3;  // standard errors that a share of runs may be off
constexpr std::size_t kRuns = 60;

Scenario small(Scenario scenario) {
  scenario.models = std::clamp<std::size_t>(scenario.models / 2, 2, 40);
  const std::size_t shrink = std::max<std::size_t>(1, scenario.pool / 40);
  scenario.queries /= std::min<std::size_t>(shrink, 20);
  scenario.pool /= std::min<std::size_t>(shrink, 20);
  return scenario;
}

std::vector<ScenarioRun> runs_of(const Scenario& scenario, double epsilon) {
  const std::size_t runs = scenario.models * scenario.pool > 1000 ? kRuns / 10 : kRuns;
  return run_scenario([&](std::uint64_t seed) { return draw_table(scenario, seed); }, scenario.pool, runs, 1,
                      epsilon, 0);
}

double share(const std::vector<ScenarioRun>& runs, double StopResult::*what) {
  double sum = 0;
  for (const ScenarioRun& run : runs) sum += run.stop.*what;
  return sum / static_cast<double>(runs.size());
}

double allowed(std::size_t runs) {
  return kAllowed + kErrors * std::sqrt(kAllowed * (1 - kAllowed) / static_cast<double>(runs));
}

// By how many standard errors the gap, averaged over all budgets, is larger than that of random rows on the same
// pools.
double errors_behind_random(const std::vector<ScenarioRun>& runs) {
  std::vector<double> behind;
  for (const ScenarioRun& run : runs) {
    const double gaps = std::accumulate(run.gaps.begin(), run.gaps.end(), 0.0);
    behind.push_back(gaps - std::accumulate(run.random_gaps.begin(), run.random_gaps.end(), 0.0));
  }
  const auto n = static_cast<double>(behind.size());
  const double mean = std::accumulate(behind.begin(), behind.end(), 0.0) / n;
  double squares = 0;
  for (const double each : behind) squares += (each - mean) * (each - mean);
  return mean <= 0 ? 0 : mean / std::sqrt(std::max(1e-12, squares / (n - 1) / n));
}

class Robustness : public testing::TestWithParam<Scenario> {};

TEST_P(Robustness, TheGuaranteeHoldsAndRandomRowsAreNotBetter) {
  const Scenario scenario = small(GetParam());
  for (const double epsilon : {0.0, 0.025}) {
    const std::vector<ScenarioRun> runs = runs_of(scenario, epsilon);
    EXPECT_LE(share(runs, &StopResult::wrong), allowed(runs.size()))
        << "a run names a model that is not the best more often than promised; epsilon " << epsilon;
    EXPECT_LE(errors_behind_random(runs), kErrors)
        << "after the same number of calls random rows name the better model; epsilon " << epsilon;
    EXPECT_EQ(share(runs, &StopResult::undecided), 0) << "no decision although everything could be judged";
  }
}

std::string test_name(const testing::TestParamInfo<Scenario>& info) {
  std::string name;
  bool upper = true;
  for (const char c : info.param.name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word) name += upper && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = !word;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Robustness, testing::ValuesIn(scenarios().begin(), scenarios().end()),
                         test_name);

TEST(Scenario, SumsOfTwinsAreEqual) {
  for (const Field field : {Field::twin_best, Field::shuffled_twins}) {
    const RewardTable table = draw_table({.name = "", .field = field, .models = 6}, 3).rewards;
    std::vector<double> rates = table.means();
    std::sort(rates.begin(), rates.end());
    EXPECT_EQ(rates[4], rates[5]) << "the scenario has one best model, not two";
  }
}

TEST(Scenario, NearCopiesDifferOnFewQueries) {
  const RewardTable table = draw_table({.name = "", .field = Field::near_copies, .models = 10}, 3).rewards;
  std::size_t differ = 0;
  for (std::size_t q = 0; q < table.queries(); ++q) {
    differ += table.at(query_id(q), model_id(0)) != table.at(query_id(q), model_id(1)) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(differ) / static_cast<double>(table.queries()), 0.05, 0.04);
}

TEST(Scenario, FamiliesHaveNearAndFarChildren) {
  const RewardTable table = draw_table({.name = "", .field = Field::families, .models = 60}, 3).rewards;
  double nearest = 1;
  double furthest = 0;
  for (std::size_t j = 1; j < table.models(); ++j) {
    double differ = 0;
    for (std::size_t q = 0; q < table.queries(); ++q) {
      differ += table.at(query_id(q), model_id(j - 1)) != table.at(query_id(q), model_id(j)) ? 1 : 0;
    }
    nearest = std::min(nearest, differ / static_cast<double>(table.queries()));
    furthest = std::max(furthest, differ / static_cast<double>(table.queries()));
  }
  EXPECT_LT(nearest, 0.05);
  EXPECT_GT(furthest, 0.3);
}

TEST(Scenario, ThroughABaselineMostPairsAreDraws) {
  const RewardTable table = draw_table({.name = "", .said = Said::through_baseline}, 3).rewards;
  std::size_t draws = 0;
  for (std::size_t q = 0; q < table.queries(); ++q) {
    for (std::size_t j = 0; j < table.models(); ++j) {
      draws += table.outcome(query_id(q), model_id(j)) == Outcome::draw ? 1 : 0;
    }
  }
  EXPECT_GT(draws, table.queries() * table.models() / 2);
  EXPECT_THAT(table.means(), testing::Contains(0.5)) << "the baseline itself";
}

TEST(Scenario, FlipsTurnTheShareThatWasAskedFor) {
  const ScenarioTable table = draw_table({.name = "", .flipped = 0.2}, 3);
  double turned = 0;
  double decided = 0;
  for (std::size_t q = 0; q < table.rewards.queries(); ++q) {
    for (std::size_t j = 0; j < table.rewards.models(); ++j) {
      const Outcome before = table.unflipped.outcome(query_id(q), model_id(j));
      const Outcome after = table.rewards.outcome(query_id(q), model_id(j));
      decided += before == Outcome::draw ? 0 : 1;
      turned += before == after ? 0 : 1;
      EXPECT_EQ(before == Outcome::draw, after == Outcome::draw) << "a draw was turned";
    }
  }
  EXPECT_NEAR(turned / decided, 0.2, 0.03);
}

}  // namespace
}  // namespace assay::sim
