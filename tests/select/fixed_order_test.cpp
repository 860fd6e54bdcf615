#include "assay/select/fixed_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "assay/select/weak_verdicts.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

using testing::ElementsAre;

std::vector<std::size_t> order_of(Strategy& strategy) {
  std::vector<std::size_t> order;
  for (std::vector<Call> calls;; calls.clear()) {
    strategy.propose(1, calls);
    if (calls.empty()) return order;
    if (calls[0].model == model_id(0)) order.push_back(index(calls[0].query));
  }
}

TEST(FixedOrder, FallingScoresAndThePoolsOrderAmongEquals) {
  const std::vector<QueryId> pool = {query_id(8), query_id(3), query_id(5), query_id(1)};
  EXPECT_THAT(order_of(*make_fixed_order({2, pool}, {0.5, 2.0, 0.5, 1.0})), ElementsAre(3, 1, 8, 5));
  EXPECT_THAT(order_of(*make_fixed_order({2, pool}, {0, 0, 0, 0})), ElementsAre(8, 3, 5, 1));
}

// Votes of four judges on one model:   query 0: all win; 1: all draw; 2: two win, two draw; 3: win, draw, loss,
// loss. By the equations: draws 0, 4, 2, 1; entropy 0, 0, log 2, 1.04; doubt 0, 0, 1/2, 1/2.
class OrderByWeakJudges : public testing::TestWithParam<std::pair<const char*, std::vector<std::size_t>>> {};

TEST_P(OrderByWeakJudges, FollowsTheEquation) {
  using enum Outcome;
  const Outcome votes[4][4] = {
      {win, win, win, win}, {draw, draw, draw, draw}, {win, draw, win, draw}, {win, draw, loss, loss}};
  std::vector<OutcomeTable> judges(4, OutcomeTable(4, 1));
  for (std::size_t q = 0; q < 4; ++q) {
    for (std::size_t k = 0; k < 4; ++k) judges[k].set(query_id(q), model_id(0), votes[q][k]);
  }
  const WeakVerdicts weak(judges);
  const std::vector<QueryId> pool = {query_id(0), query_id(1), query_id(2), query_id(3)};
  const auto chosen = strategy(GetParam().first).make({.models = 1, .pool = pool, .weak = borrowed(weak)}, {});
  EXPECT_EQ(order_of(*chosen), GetParam().second);
}

using Order = std::vector<std::size_t>;
INSTANTIATE_TEST_SUITE_P(Baselines, OrderByWeakJudges,
                         testing::Values(std::pair{"random", Order{0, 1, 2, 3}},
                                         std::pair{"most-draws", Order{1, 2, 3, 0}},
                                         std::pair{"uncertainty", Order{3, 2, 0, 1}},
                                         std::pair{"confidence", Order{2, 3, 0, 1}}));

}  // namespace
}  // namespace assay::select
