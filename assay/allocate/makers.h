#pragma once

#include <memory>

#include "assay/allocate/allocator.h"

namespace assay::allocate {

// What the table in allocators.cpp is made of: one file each.

std::unique_ptr<PriorityRule> make_assay_rule(const AllocationProblem& problem, const ParameterValues& parameters);
std::unique_ptr<PriorityRule> make_uniform(const AllocationProblem& problem, const ParameterValues& parameters);
std::unique_ptr<PriorityRule> make_robin(const AllocationProblem& problem, const ParameterValues& parameters);
std::unique_ptr<PriorityRule> make_robin_hood(const AllocationProblem& problem, const ParameterValues& parameters);

/// Calls to each arm with which robin-hood begins: while n_i <= 4 ln(1 / delta).
std::size_t robin_hood_warm_up(const ParameterValues& parameters);

}  // namespace assay::allocate
