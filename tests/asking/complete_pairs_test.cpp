#include "assay/asking/complete_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/judge/memory_oracle.h"

namespace assay::asking {
namespace {

TEST(CompletePairs, AsksOnlyWhatCanBeRead) {
  ResponseTable responses(3, 2);
  responses.set_baseline(query_id(0), "");  // an empty response is one
  responses.set_baseline(query_id(1), "x");
  for (std::size_t q = 0; q < 3; ++q) responses.set(query_id(q), model_id(0), "");
  responses.set(query_id(1), model_id(1), "y");
  auto behind = std::make_unique<MemoryOracle>("behind");
  std::vector<Call> calls;
  for (std::size_t q = 0; q < 3; ++q) {
    for (std::size_t j = 0; j < 2; ++j) {
      calls.push_back({query_id(q), model_id(j)});
      behind->put(calls.back(), Outcome::win);
    }
  }
  const MemoryOracle& asked = *behind;
  CompletePairs oracle(responses, std::move(behind));
  EXPECT_EQ(oracle.name(), "behind");
  std::map<std::size_t, Outcome> outcomes;
  oracle.ask(calls, [&](const Verdict& verdict) {
    const std::size_t at = 2 * index(verdict.call.query) + index(verdict.call.model);
    EXPECT_TRUE(outcomes.emplace(at, verdict.outcome).second);
  });
  EXPECT_THAT(asked.asked(), testing::ElementsAre(calls[0], calls[2], calls[3]));
  EXPECT_EQ(outcomes.size(), 6U);
  for (const auto& [at, outcome] : outcomes) {
    EXPECT_EQ(outcome, at == 0 || at == 2 || at == 3 ? Outcome::win : Outcome::none) << at;
  }
}

}  // namespace
}  // namespace assay::asking
