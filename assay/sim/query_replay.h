#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/sim/route_replay.h"

namespace assay::sim {

/// Routes single queries without telling their task: a router fitted on one half of the queries routes the other,
/// and the other way round; queries of equal text fall in one half. Each pool counts alike; a query counts for a
/// pool if the outcomes of all its models are known. Fills `per_query` and what it says of the chances.
void replay_queries(const RouteReplaySetup& setup, std::span<const std::vector<std::size_t>> pools,
                    RouteReplay& result);

}  // namespace assay::sim
