#include "assay/asking/recorded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "assay/core/error.h"
#include "tests/select/sample_problem.h"

namespace assay::asking {
namespace {

TEST(RecordedOracle, NamesOfOtherJudgesAndBaselinesDiffer) {
  const OutcomeTable table = random_outcomes(2, 2, 0, 1);
  std::set<std::string> names;
  for (const std::string judge : {"gpt", "gpt:a", "gpt:1:a", ""}) {
    for (const std::string baseline : {"a", "1:a", "a:a", ""})
      names.insert(RecordedOracle(table, judge, baseline).name());
  }
  EXPECT_EQ(names.size(), 16U) << "two judges share a name: one would be given the answers kept of the other";
}

TEST(RecordedOracle, RefusesACallOutsideTheTable) {
  const OutcomeTable table = random_outcomes(2, 3, 0, 1);
  RecordedOracle oracle(table, "judge", "baseline");
  for (const Call outside : {Call{query_id(2), model_id(0)}, Call{query_id(0), model_id(3)}}) {
    std::size_t answers = 0;
    const std::vector<Call> calls = {{query_id(1), model_id(2)}, outside};
    try {
      oracle.ask(calls, [&](const Verdict&) { ++answers; });
      FAIL() << "answered a call that is not recorded";
    } catch (const InvalidArgument& failure) {
      EXPECT_THAT(failure.what(), testing::HasSubstr("2 x 3")) << "says what is recorded";
    }
    EXPECT_EQ(answers, 1U) << "the answer before the bad call stands";
  }
}

TEST(RecordedOracle, SeesLaterChangesOfItsTable) {
  OutcomeTable table(1, 1);
  RecordedOracle oracle(table, "judge", "baseline");
  table.set(query_id(0), model_id(0), Outcome::win);
  const std::vector<Call> calls = {{query_id(0), model_id(0)}};
  oracle.ask(calls, [](const Verdict& verdict) { EXPECT_EQ(verdict.outcome, Outcome::win); });
}

}  // namespace
}  // namespace assay::asking
