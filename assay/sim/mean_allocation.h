#pragma once

#include <span>

#include "assay/sim/allocation_replay.h"

namespace assay::sim {

/// The mean over independent replays of one allocator, each on another score table, at the same number of budgets.
/// Standard errors are those of independent means. Agreement is over the replays in which it is defined; no
/// agreement at all if no replay has a reference. At least one result.
AllocationResult mean_of(std::span<const AllocationResult* const> results);

}  // namespace assay::sim
