#include "assay/core/rewards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/verdict.h"

namespace assay {
namespace {

using testing::ElementsAre;

TEST(RewardTable, KeepsFractionsOfSmallScalesExactly) {
  RewardTable table(1, 1);
  for (const int steps : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 20}) {
    for (int step = 0; step <= steps; ++step) {
      const double reward = static_cast<double>(step) / steps;
      table.set(query_id(0), model_id(0), reward);
      EXPECT_EQ(table.at(query_id(0), model_id(0)), reward) << step << "/" << steps;
    }
  }
}

TEST(RewardTable, OtherRewardsAreTheNearestStep) {
  RewardTable table(1, 1);
  for (double reward = 0; reward <= 1; reward += 0.0137) {
    table.set(query_id(0), model_id(0), reward);
    EXPECT_NEAR(table.at(query_id(0), model_id(0)), reward, 0.5 / RewardTable::kOne);
  }
}

TEST(RewardTable, NoneIsKeptApartAndCountsHalf) {
  RewardTable table(2, 2);
  EXPECT_TRUE(std::isnan(table.at(query_id(1), model_id(1))));
  EXPECT_EQ(table.outcome(query_id(1), model_id(1)), Outcome::none);
  table.set(query_id(0), model_id(0), 1.0);
  table.set(query_id(1), model_id(0), 0.25);
  table.set(query_id(0), model_id(1), Outcome::loss);
  EXPECT_TRUE(table.known(query_id(0), model_id(1)));
  EXPECT_FALSE(table.known(query_id(1), model_id(1)));
  EXPECT_EQ(table.known(), 3U);
  EXPECT_THAT(table.means(), ElementsAre(0.625, 0.25));
  const QueryId second = query_id(1);
  EXPECT_THAT(table.means({&second, 1}), ElementsAre(0.25, 0.5));
  EXPECT_THAT(RewardTable(0, 1).means(), ElementsAre(0));
  const std::vector<double> weights = {3, 1};
  const std::vector<double> first = RewardTable(table).means({&second, 1});
  const std::vector<QueryId> both = {query_id(0), query_id(1)};
  const std::vector<double> heavy = table.means(weights);
  const QueryId zero = query_id(0);
  for (std::size_t j = 0; j < 2; ++j) {
    EXPECT_NEAR(heavy[j], 0.75 * table.means({&zero, 1})[j] + 0.25 * first[j], 1e-12);
  }
  EXPECT_EQ(table.means(both, weights), heavy);
  EXPECT_EQ(table.means(both, {}), table.means());
  table.set(query_id(0), model_id(0), std::nan(""));
  EXPECT_FALSE(table.known(query_id(0), model_id(0)));
}

TEST(RewardTable, OfOutcomesSaysTheSame) {
  OutcomeTable outcomes(1, 4);
  for (std::size_t j = 0; j < 4; ++j) outcomes.set(query_id(0), model_id(j), static_cast<Outcome>(j));
  const RewardTable table(outcomes);
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_EQ(table.outcome(query_id(0), model_id(j)), static_cast<Outcome>(j));
  }
  EXPECT_EQ(table.means(), outcomes.win_rates());
}

TEST(Verdict, HasAnOutcome) {
  EXPECT_EQ(Verdict({}, 0.51).outcome(), Outcome::win);
  EXPECT_EQ(Verdict({}, 0.5).outcome(), Outcome::draw);
  EXPECT_EQ(Verdict({}, 0.49).outcome(), Outcome::loss);
  EXPECT_EQ(Verdict().outcome(), Outcome::none);
  EXPECT_EQ(Verdict({}, Outcome::win).reward, 1);
  EXPECT_TRUE(std::isnan(Verdict({}, Outcome::none).reward));
}

}  // namespace
}  // namespace assay
