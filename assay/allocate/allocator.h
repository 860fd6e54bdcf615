#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "assay/allocate/estimate.h"
#include "assay/core/ids.h"
#include "assay/core/parameters.h"

// An allocator decides which response (arm) a noisy judge scores next. An example of use, without an Allocation:
//
//   const AllocatorEntry& entry = allocator("assay");
//   const auto rule = entry.make({.arms = tallies.size(), .variances = {}}, ParameterValues(entry.parameters));
//   rule->learn(tallies);
//   const double urgency = rule->priority(arm_id(0), tallies[0]);

#pragma GCC visibility push(default)

namespace assay::allocate {

/// How urgent another call to an arm is. An allocator first gives every arm a few scores (its warm-up). Then it
/// always calls the arm of the largest priority. Allocators differ in this number alone.
class PriorityRule {
 public:
  virtual ~PriorityRule() = default;

  /// Never NaN. Depends on the tally, and on what the last `learn` found in those of all arms.
  virtual double priority(ArmId arm, const ArmTally& tally) const = 0;

  /// Looks at all arms; true if priorities may have changed by it. Called when the warm-up ends, and then whenever
  /// the calls have grown by a tenth.
  virtual bool learn(std::span<const ArmTally> arms) {
    (void)arms;
    return false;
  }
};

/// Priority of an arm whose scores were all equal. It is below that of any arm that varies. Such arms take turns.
inline double none_varies(const ArmTally& tally) { return -1e-300 * tally.pulls(); }

/// What an allocator starts from.
struct AllocationProblem {
  std::size_t arms = 0;
  std::span<const double> variances;  ///< True ones, an arm each, >= 0; for allocators that need them, else empty.
};

/// A row of the table of allocators.
struct AllocatorEntry {
  std::string_view name;
  std::string_view help;
  bool needs_variances = false;                ///< A yardstick for replays: in practice they are unknown.
  EstimateRule estimate = EstimateRule::mean;  ///< How the mean of an arm is estimated.
  std::span<const Parameter> parameters = {};  ///< What its user may choose.
  /// Scores of each arm before priorities count. Here and in `make` the parameters are values for this row. Both
  /// throw InvalidArgument if one that they use is missing.
  std::size_t (*warm_up)(const ParameterValues& parameters) = nullptr;
  std::unique_ptr<PriorityRule> (*make)(const AllocationProblem& problem,
                                        const ParameterValues& parameters) = nullptr;
};

/// All allocators, ours first.
std::span<const AllocatorEntry> allocators();
/// Throws InvalidArgument that lists the names there are.
const AllocatorEntry& allocator(std::string_view name);

}  // namespace assay::allocate

#pragma GCC visibility pop
