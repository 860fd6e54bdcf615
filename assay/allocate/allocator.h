#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "assay/allocate/arm_tally.h"
#include "assay/allocate/estimate.h"
#include "assay/core/ids.h"

#pragma GCC visibility push(default)

namespace assay::allocate {

/// What the table of allocators leaves open.
struct AllocatorParameters {
  /// Of robin-hood: the chance, by its theory, that one bound of one arm fails; in (0, 1). The published setting.
  double delta = 0.007;
};

/// How urgent another call to an arm is. An allocator lets every arm have a few scores (its warm-up), then calls
/// always the arm of the largest priority: what makes one differ from another is only this number.
class PriorityRule {
 public:
  virtual ~PriorityRule() = default;

  /// Never NaN; depends on the tally, and on what the last `learn` found in those of all arms.
  virtual double priority(ArmId arm, const ArmTally& tally) const = 0;

  /// Looks at all arms; true if priorities may have changed by it. Called when the warm-up ends, and then whenever
  /// the calls have grown by a tenth.
  virtual bool learn(std::span<const ArmTally> arms) {
    (void)arms;
    return false;
  }
};

/// Priority of an arm that is not known to vary, below that of any arm that is; among themselves they take turns.
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
  bool needs_variances = false;  ///< A yardstick: in earnest nobody knows them.
  bool uses_delta = false;
  EstimateRule estimate = EstimateRule::mean;  ///< What it takes for the mean of an arm.
  /// Scores of each arm before priorities count.
  std::size_t (*warm_up)(const AllocatorParameters& parameters) = nullptr;
  std::unique_ptr<PriorityRule> (*make)(const AllocationProblem& problem,
                                        const AllocatorParameters& parameters) = nullptr;
};

/// All allocators, ours first.
std::span<const AllocatorEntry> allocators();
/// Throws InvalidArgument that lists the names there are.
const AllocatorEntry& allocator(std::string_view name);
/// Throws InvalidArgument if something is out of range.
void check(const AllocatorParameters& parameters);

}  // namespace assay::allocate

#pragma GCC visibility pop
