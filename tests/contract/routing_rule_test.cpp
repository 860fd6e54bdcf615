// What every row of the table of routing rules must do, whatever it prefers.

#include "assay/route/routing_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>
#include <string>

#include "assay/core/error.h"
#include "assay/route/fit.h"
#include "tests/route/sample_benchmark.h"

namespace assay::route {
// Names the parameter in messages.
inline void PrintTo(const RoutingRuleEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace assay::route

namespace assay {

namespace {

class RoutingRuleContract : public testing::TestWithParam<route::RoutingRuleEntry> {
 protected:
  RoutingRuleContract()
      : whole_({}, 5),
        rest_(whole_.without(2)),
        queries_(whole_.vectors_of(2)),
        fit_(route::fit_router(rest_.view(), 1)) {}

  route::Ranking rank(std::vector<std::size_t> candidates, std::size_t threads = 1,
                      std::size_t labelled = 0) const {
    const route::Router router = fit_.router(rest_.view());
    const std::size_t d = whole_.dimensions;
    const neighbours::VectorView all{queries_, d};
    const route::LabelledQueries known{
        std::span(whole_.cells).subspan(2 * 40 * whole_.models, labelled * whole_.models),
        {std::span(queries_).first(labelled * d), d}};
    const route::TaskFeatures features = route::task_features(router, all, known, threads);
    const std::vector<double> truth(whole_.models, 0.5);
    route::RankingInput input{&router, &features, candidates, {}, cost_, 0.01, truth, 3};
    return GetParam().rank(input);
  }
  static std::vector<std::size_t> all() { return {0, 1, 2, 3, 4}; }

  SampleBenchmark whole_, rest_;
  std::vector<float> queries_;
  route::RouterFit fit_;
  std::vector<double> cost_ = {3, 1, std::nan(""), 2, 0.5};
};

INSTANTIATE_TEST_SUITE_P(All, RoutingRuleContract,
                         testing::ValuesIn(route::routing_rules().begin(), route::routing_rules().end()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(RoutingRuleContract, ValuesEveryCandidateAndChoosesOne) {
  const route::Ranking ranking = rank(all());
  ASSERT_EQ(ranking.values.size(), 5U);
  EXPECT_LT(ranking.chosen, 5U);
  for (const double value : ranking.values) EXPECT_TRUE(std::isfinite(value));
  if (!ranking.abstained && GetParam().name != "cheapest") {
    EXPECT_EQ(ranking.values[ranking.chosen], *std::max_element(ranking.values.begin(), ranking.values.end()));
  }
}

TEST_P(RoutingRuleContract, IntervalsHoldTheValue) {
  const route::Ranking ranking = rank(all());
  for (std::size_t i = 0; i < ranking.intervals.size(); ++i) {
    EXPECT_LE(ranking.intervals[i].low, ranking.values[i]);
    EXPECT_GE(ranking.intervals[i].high, ranking.values[i]);
  }
}

TEST_P(RoutingRuleContract, TheSameWhateverTheThreads) {
  for (const std::size_t labelled : {0U, 7U}) {
    const route::Ranking one = rank(all(), 1, labelled);
    const route::Ranking three = rank(all(), 3, labelled);
    EXPECT_EQ(one.values, three.values);
    EXPECT_EQ(one.chosen, three.chosen);
  }
}

TEST_P(RoutingRuleContract, OneCandidateIsChosen) {
  for (std::size_t model = 0; model < 5; ++model) EXPECT_EQ(rank({model}).chosen, 0U);
}

TEST_P(RoutingRuleContract, ACandidatesValueDoesNotDependOnTheOthers) {
  if (GetParam().name == "random" || GetParam().name == "cheapest") return;  // One drawn, one relative.
  const route::Ranking whole = rank(all());
  const route::Ranking part = rank({1, 3});
  EXPECT_EQ(part.values[0], whole.values[1]);
  EXPECT_EQ(part.values[1], whole.values[3]);
}

TEST_P(RoutingRuleContract, TheTableSaysWhatItIs) {
  EXPECT_FALSE(GetParam().help.empty());
  EXPECT_EQ(route::routing_rule(GetParam().name).rank, GetParam().rank);
}

}  // namespace
}  // namespace assay
