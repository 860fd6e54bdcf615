#pragma once

#include "assay/sim/model_pools.h"
#include "assay/sim/route_replay.h"

namespace assay::sim {

/// Routes single queries without telling their task: a router fitted on one half of the queries routes the other,
/// and the other way round; queries of equal text fall in one half. Each pool of either router counts alike; a
/// query counts for a pool if the outcomes of all its models are known. Fills `per_query` and what it says of the
/// chances.
void replay_queries(const RouteReplaySetup& setup, const PoolsOfRouter& pools, RouteReplay& result);

}  // namespace assay::sim
