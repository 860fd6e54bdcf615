// What every row of the table of allocators must do, whatever it prefers.

#include "assay/allocate/allocator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>
#include <set>
#include <string>

#include "assay/allocate/allocation.h"
#include "assay/core/error.h"
#include "assay/core/scores.h"
#include "assay/sim/allocation_replay.h"
#include "tests/allocate/sample_arms.h"
#include "tests/reference/allocation.h"

namespace assay::allocate {
// Names the parameter in messages.
inline void PrintTo(const AllocatorEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace assay::allocate

namespace assay {

namespace {

class AllocatorContract : public testing::TestWithParam<allocate::AllocatorEntry> {
 protected:
  struct Run {
    std::vector<std::size_t> calls;
    std::vector<allocate::ArmTally> arms;
  };

  // `batch` calls are under way at a time, and answered in the order of asking.
  static Run run(const ScoreTable& table, std::size_t budget, std::uint64_t seed, std::size_t batch = 1) {
    const std::vector<double> variances = sim::variances_of(table);
    allocate::Allocation allocation(GetParam(), {table.arms(), variances}, {});
    Run result;
    while (allocation.calls() < budget) {
      std::vector<ScoreCall> calls;
      for (std::size_t i = 0; i < std::min(batch, budget - allocation.calls() + i); ++i) {
        if (allocation.calls() >= budget) break;
        const ArmId arm = allocation.next();
        calls.push_back({arm, allocation.arms()[index(arm)].calls - 1});
        result.calls.push_back(index(arm));
      }
      for (const ScoreCall& call : calls) allocation.observe(call.arm, recorded_score(table, seed, call));
    }
    result.arms.assign(allocation.arms().begin(), allocation.arms().end());
    return result;
  }
};

INSTANTIATE_TEST_SUITE_P(All, AllocatorContract,
                         testing::ValuesIn(allocate::allocators().begin(), allocate::allocators().end()),
                         [](const auto& parameter) {
                           std::string name(parameter.param.name);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST_P(AllocatorContract, EveryStepIsTheArgmaxOverAllArms) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const ScoreTable table = sample_arms(37, seed);
    const std::vector<double> variances = sim::variances_of(table);
    const std::size_t budget = 37 * 60;
    const std::vector<std::size_t> expected =
        reference::allocate(GetParam(), {table.arms(), variances}, ParameterValues(GetParam().parameters), budget,
                            [&](std::size_t arm, std::size_t repeat) {
                              return recorded_score(table, seed, {arm_id(arm), static_cast<std::uint32_t>(repeat)});
                            });
    EXPECT_EQ(run(table, budget, seed).calls, expected) << "seed " << seed;
  }
}

TEST_P(AllocatorContract, TheSameScoresGiveTheSameCalls) {
  const ScoreTable table = sample_arms(20, 7);
  EXPECT_EQ(run(table, 900, 3).calls, run(table, 900, 3).calls);
}

TEST_P(AllocatorContract, ALargerBudgetBeginsLikeASmallerOne) {
  const ScoreTable table = sample_arms(20, 8);
  const std::vector<std::size_t> shorter = run(table, 700, 3).calls;
  std::vector<std::size_t> longer = run(table, 1400, 3).calls;
  longer.resize(shorter.size());
  EXPECT_EQ(longer, shorter) << "a run that was stopped could not be gone on with";
}

TEST_P(AllocatorContract, SpendsTheBudgetAndCountsEveryCall) {
  const ScoreTable table = sample_arms(20, 9, 0.2);
  for (const std::size_t batch : {1U, 7U, 100U}) {
    const Run result = run(table, 1001, 4, batch);
    std::size_t calls = 0;
    for (const allocate::ArmTally& arm : result.arms) {
      calls += arm.calls;
      EXPECT_EQ(arm.calls, arm.scores + arm.failed);
      EXPECT_GT(arm.scores, 0U);
    }
    EXPECT_EQ(calls, 1001U) << "batches of " << batch;
  }
}

TEST_P(AllocatorContract, OneArmTakesEverything) {
  const Run result = run(sample_arms(1, 10), 50, 1);
  EXPECT_EQ(result.arms[0].calls, 50U);
}

TEST_P(AllocatorContract, AParameterOutOfRangeIsRefusedByName) {
  EXPECT_NO_THROW(checked(GetParam().parameters, {}));
  for (const Parameter& parameter : GetParam().parameters) {
    for (const double bad : {parameter.low, parameter.low - 1, parameter.high, std::nan("")}) {
      ParameterValues values(GetParam().parameters);
      values.take({{std::string(parameter.name), bad}});
      try {
        allocate::Allocation(GetParam(), {1, std::vector<double>{1}}, values);
        FAIL() << "took " << bad;
      } catch (const InvalidArgument& failure) {
        EXPECT_EQ(std::string(failure.what()).find(field_of(parameter.name) + " must be above "), 0U);
      }
    }
  }
}

TEST_P(AllocatorContract, TheTableSaysWhatItIs) {
  EXPECT_FALSE(GetParam().help.empty());
  EXPECT_GE(GetParam().warm_up(ParameterValues(GetParam().parameters)), 1U);
  EXPECT_EQ(&allocate::allocator(GetParam().name),
            &*std::find_if(allocate::allocators().begin(), allocate::allocators().end(),
                           [](const auto& e) { return e.name == GetParam().name; }));
}

}  // namespace
}  // namespace assay
