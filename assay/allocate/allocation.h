#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "assay/allocate/allocator.h"

// A whole run. An example of use:
//
//   Allocation allocation(allocator("assay"), {.arms = 10, .variances = {}}, {});
//   while (allocation.calls() < 500) {
//     const ArmId arm = allocation.next();
//     allocation.observe(arm, judge(arm));
//   }
//   const std::vector<double> means = estimates(EstimateRule::centre, allocation.arms());

#pragma GCC visibility push(default)

namespace assay::allocate {

class Tournament;

/// `parameters`: empty for the defaults, as in Allocation. Throws InvalidArgument that says how many calls the
/// warm-up takes if `budget` is below that.
void check_budget(const AllocatorEntry& entry, const ParameterValues& parameters, std::size_t arms,
                  std::size_t budget);

/// A run of an allocator over K arms. `next` says which arm to call, `observe` takes its score. The same scores in
/// the same order give the same calls. A decision takes O(log K), and O(K log K) whenever the calls have grown by a
/// tenth.
class Allocation {
 public:
  /// `parameters`: empty for the defaults. Throws InvalidArgument if there is no arm, if a parameter is out of
  /// range, or if the variances that the allocator needs are missing or negative.
  Allocation(const AllocatorEntry& entry, const AllocationProblem& problem, const ParameterValues& parameters);

  ~Allocation();
  Allocation(Allocation&&) noexcept;
  Allocation& operator=(Allocation&&) noexcept;

  /// The next call. It counts as made from now on; others may be asked for before its answer is there.
  ArmId next();
  /// The answer to a call to `arm` that `next` gave; NaN: it failed. Throws InvalidArgument for an infinite score
  /// or one beyond 1e50 (whose powers no number holds), and for an answer that nobody asked for.
  void observe(ArmId arm, double score);

  std::size_t calls() const { return calls_; }  ///< Given by `next`.
  std::span<const ArmTally> arms() const { return arms_; }

 private:
  std::optional<ArmId> next_of_warm_up();
  void learn();
  void refresh(ArmId arm);

  std::unique_ptr<PriorityRule> rule_;
  std::vector<ArmTally> arms_;
  std::unique_ptr<Tournament> tournament_;  // once the warm-up is over
  std::optional<ArmId> stale_;              // called last; its priority waits for the answer, or for the next call
  std::size_t warm_up_;                     // scores of each arm
  std::deque<ArmId> again_;                 // arms whose call failed in the warm-up
  std::size_t calls_ = 0;
  std::size_t learn_at_;
};

}  // namespace assay::allocate

#pragma GCC visibility pop
