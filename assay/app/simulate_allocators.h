#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/allocate.h"
#include "assay/sim/allocation_replay.h"

namespace assay::app {

struct SimulateAllocatorsRequest {
  std::string study;
  store::ScoringChoice choice;
  bool each_judge = false;              ///< Every judge of the study in turn, and the mean over them.
  std::vector<std::string> allocators;  ///< Empty: all.
  std::size_t runs = 50;
  std::optional<std::size_t> budget;         ///< Calls in all; empty: as calls_per_arm says.
  std::optional<std::size_t> calls_per_arm;  ///< Empty: 100, or the last of `at`.
  std::vector<std::size_t> at;  ///< Calls an arm at which errors are told; empty: ten equal parts of the budget.
  std::uint64_t seed = 1;
  GivenParameters parameters;                      ///< Each allocator takes its own, else the defaults.
  std::optional<allocate::EstimateRule> estimate;  ///< Empty: each allocator's own.
  std::optional<Scale> scale;                      ///< Scores outside are an error.
  std::size_t threads = 0;
};

struct SimulateAllocatorsReport {
  struct Allocator {
    const allocate::AllocatorEntry* entry = nullptr;
    allocate::EstimateRule estimate = allocate::EstimateRule::mean;
    ParameterValues parameters;  ///< Of the allocator.
    sim::AllocationResult result;
  };
  /// One judge.
  struct Setting {
    std::string judge;
    std::string reference;  ///< Empty: none.
    std::size_t arms = 0;
    std::vector<std::size_t> budgets;
    std::vector<double>
        lower_limit;  ///< sqrt(sum of variances / calls): no allocation has a smaller worst variance.
    std::vector<Allocator> allocators;
    std::vector<std::string> notes;
  };
  std::string study;
  std::size_t runs = 0;
  std::uint64_t seed = 0;
  std::optional<double> seconds;  ///< Set by the caller, who has a clock.
  Setting all;                    ///< The only judge, or the mean over the judges, of errors and of agreements.
  std::vector<Setting> settings;  ///< With each_judge: every one of them.
};

/// Replays allocators on recorded scores. Throws InvalidArgument or Error.
SimulateAllocatorsReport run_simulate_allocators(const SimulateAllocatorsRequest& request,
                                                 const StartProgress& start = {});

}  // namespace assay::app
