#include "assay/sim/grid_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "assay/sim/replay.h"
#include "tests/select/sample_problem.h"

namespace assay::sim {
namespace {

ParameterValues chances(double loss, double draw) {
  return {select::strategy("llm-selector").parameters, {loss, draw}};
}

const std::vector<ParameterValues> kGrid = {chances(0.1, 0.1), chances(0.4, 0.5), chances(0.2, 0.4)};

GridSearchSetup setup_of(const SampleProblem& sample) {
  GridSearchSetup setup;
  setup.weak = borrowed(sample.weak);
  setup.similarity = borrowed(sample.similarity);
  setup.realizations = 12;
  setup.pool = 15;
  setup.budget = 8;
  setup.threads = 2;
  return setup;
}

TEST(GridSearch, ReturnsEveryPointOfTheGridBestFirst) {
  const SampleProblem sample = sample_problem({.models = 6, .queries = 20}, 61);
  const std::vector<GridPoint> points = grid_search(setup_of(sample), select::strategy("llm-selector"), kGrid);
  ASSERT_EQ(points.size(), kGrid.size());
  for (const ParameterValues& wanted : kGrid) {
    const auto same = [&](const GridPoint& p) { return p.parameters == wanted; };
    EXPECT_EQ(std::count_if(points.begin(), points.end(), same), 1)
        << "point " << wanted.at("e-loss") << "/" << wanted.at("e-draw");
  }
  for (std::size_t i = 1; i < points.size(); ++i)
    EXPECT_GE(points[i].gap, points[i - 1].gap) << "not the best first";
  for (const GridPoint& point : points) EXPECT_TRUE(point.gap >= 0 && point.gap <= 1) << point.gap;
}

// All that it sees of outcomes are the weak judges: the gaps are those of a replay in which their majority answers.
TEST(GridSearch, UsesTheMajorityOfTheWeakJudgesAsOracle) {
  using enum Outcome;
  struct Votes {
    Outcome given[4];
    Outcome majority;
  };
  // One model for each case; the last wins little, so that gaps differ from zero.
  const Votes cases[] = {{{win, win, loss, draw}, win},    {{loss, win, loss, none}, loss},
                         {{draw, draw, win, loss}, draw},  {{win, win, loss, loss}, draw},
                         {{none, none, none, none}, none}, {{none, none, none, win}, win},
                         {{win, loss, draw, none}, draw},  {{loss, loss, loss, draw}, loss}};
  constexpr std::size_t kModels = std::size(cases);
  constexpr std::size_t kQueries = 20;
  SampleProblem sample = sample_problem({.models = kModels, .queries = kQueries}, 62);
  std::vector<OutcomeTable> judges(4, OutcomeTable(kQueries, kModels));
  RewardTable majority(kQueries, kModels);
  for (std::size_t q = 0; q < kQueries; ++q) {
    for (std::size_t j = 0; j < kModels; ++j) {
      const Votes& votes = cases[(j + q * q) % kModels];
      for (std::size_t k = 0; k < 4; ++k) judges[k].set(query_id(q), model_id(j), votes.given[k]);
      majority.set(query_id(q), model_id(j), votes.majority);
    }
  }
  sample.weak = select::WeakVerdicts(judges);

  const GridSearchSetup setup = setup_of(sample);
  ReplaySetup replayed;
  replayed.rewards = &majority;
  replayed.weak = borrowed(sample.weak);
  replayed.realizations = setup.realizations;
  replayed.pool = setup.pool;
  replayed.budget = setup.budget;
  replayed.seed = setup.seed;
  double total = 0;
  for (const GridPoint& point : grid_search(setup, select::strategy("llm-selector"), kGrid)) {
    const Competitor competitor{&select::strategy("llm-selector"), point.parameters, select::ReturnRule::posterior};
    const std::vector<double> gaps = replay(replayed, std::span(&competitor, 1))[0].gap_mean;
    double sum = 0;
    for (const double gap : gaps) sum += gap;
    EXPECT_NEAR(point.gap, sum / static_cast<double>(gaps.size()), 1e-12)
        << "e_loss " << point.parameters.at("e-loss") << ", e_draw " << point.parameters.at("e-draw");
    total += point.gap;
  }
  EXPECT_GT(total, 0.0) << "a problem that cannot tell one oracle from another";
}

TEST(GridSearch, CutsPoolAndBudgetToTheQueries) {
  const SampleProblem sample = sample_problem({.models = 3, .queries = 4}, 63);
  GridSearchSetup setup = setup_of(sample);
  setup.pool = 200;
  setup.budget = 40;
  EXPECT_EQ(grid_search(setup, select::strategy("llm-selector"), kGrid).size(), kGrid.size());
}

TEST(GridSearch, TheSameForAnyNumberOfThreads) {
  const SampleProblem sample = sample_problem({.models = 5, .queries = 20}, 64);
  GridSearchSetup setup = setup_of(sample);
  const auto grid = select::parameter_grid(select::strategy("select-llm"));
  const auto first = grid_search(setup, select::strategy("select-llm"), grid);
  setup.threads = 1;
  const auto second = grid_search(setup, select::strategy("select-llm"), grid);
  for (std::size_t i = 0; i < grid.size(); ++i) {
    EXPECT_EQ(first[i].parameters, second[i].parameters) << "place " << i;
    EXPECT_EQ(first[i].gap, second[i].gap) << "place " << i;
  }
}

}  // namespace
}  // namespace assay::sim
