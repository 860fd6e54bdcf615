// What every row of the table of scores must do, whatever it prefers.

#include "assay/route/score.h"

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
inline void PrintTo(const ScoreEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace assay::route

namespace assay {

namespace {

class ScoreContract : public testing::TestWithParam<route::ScoreEntry> {
 protected:
  ScoreContract()
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
    const route::TaskEvidence evidence = route::look_at(router, all, known, threads);
    const std::vector<double> truth(whole_.models, 0.5);
    route::RankingInput input{&router, &evidence, candidates, {}, cost_, 0.01, truth, 3};
    return GetParam().rank(input);
  }
  static std::vector<std::size_t> all() { return {0, 1, 2, 3, 4}; }

  SampleBenchmark whole_, rest_;
  std::vector<float> queries_;
  route::RouterFit fit_;
  std::vector<double> cost_ = {3, 1, std::nan(""), 2, 0.5};
};

INSTANTIATE_TEST_SUITE_P(All, ScoreContract, testing::ValuesIn(route::scores().begin(), route::scores().end()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(ScoreContract, ScoresEveryCandidateAndChoosesOne) {
  const route::Ranking ranking = rank(all());
  ASSERT_EQ(ranking.scores.size(), 5U);
  EXPECT_LT(ranking.chosen, 5U);
  for (const double value : ranking.scores) EXPECT_TRUE(std::isfinite(value));
  if (!ranking.abstained && GetParam().name != "cheapest") {
    EXPECT_EQ(ranking.scores[ranking.chosen], *std::max_element(ranking.scores.begin(), ranking.scores.end()));
  }
}

TEST_P(ScoreContract, IntervalsHoldTheScore) {
  const route::Ranking ranking = rank(all());
  for (std::size_t i = 0; i < ranking.intervals.size(); ++i) {
    EXPECT_LE(ranking.intervals[i].low, ranking.scores[i]);
    EXPECT_GE(ranking.intervals[i].high, ranking.scores[i]);
  }
}

TEST_P(ScoreContract, TheSameWhateverTheThreads) {
  for (const std::size_t labelled : {0U, 7U}) {
    const route::Ranking one = rank(all(), 1, labelled);
    const route::Ranking three = rank(all(), 3, labelled);
    EXPECT_EQ(one.scores, three.scores);
    EXPECT_EQ(one.chosen, three.chosen);
  }
}

TEST_P(ScoreContract, OneCandidateIsChosen) {
  for (std::size_t model = 0; model < 5; ++model) EXPECT_EQ(rank({model}).chosen, 0U);
}

TEST_P(ScoreContract, ACandidatesScoreDoesNotDependOnTheOthers) {
  if (GetParam().name == "random" || GetParam().name == "cheapest") return;  // One drawn, one relative.
  const route::Ranking whole = rank(all());
  const route::Ranking part = rank({1, 3});
  EXPECT_EQ(part.scores[0], whole.scores[1]);
  EXPECT_EQ(part.scores[1], whole.scores[3]);
}

TEST_P(ScoreContract, TheTableSaysWhatItIs) {
  EXPECT_FALSE(GetParam().help.empty());
  EXPECT_EQ(route::score(GetParam().name).rank, GetParam().rank);
}

}  // namespace
}  // namespace assay
