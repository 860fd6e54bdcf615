#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "assay/allocate/allocator.h"

namespace assay::reference {

/// A run of an allocator by its definition: before each call the priority of every arm is computed anew, and the
/// first arm with the largest is called. `score` answers a call to an arm; NaN: it failed. The rule learns when
/// Allocation does. Returns the arms called, in order.
std::vector<std::size_t> allocate(const allocate::AllocatorEntry& entry, const allocate::AllocationProblem& problem,
                                  const ParameterValues& parameters, std::size_t budget,
                                  const std::function<double(std::size_t arm, std::size_t repeat)>& score);

/// Mean and second to fourth central sums of `scores`, in two passes.
allocate::ArmTally tally_of(std::span<const double> scores);

/// Kendall's tau-b by looking at every pair.
double kendall(std::span<const double> x, std::span<const double> y);

}  // namespace assay::reference
