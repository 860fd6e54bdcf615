#pragma once

#include <memory>

#include "assay/select/strategy.h"

namespace assay::select {

/// The strategy of StopRule::guaranteed. It goes through the queries in the order of the pool, which must be
/// random. Each query is judged for the models that are still in the race. A model leaves when a SequentialTest has
/// excluded that it is the best. Nothing more is proposed once one model is left or the whole pool was judged. A
/// batch of up to m calls ends with its row, so that it asks what single calls would ask; a larger one goes on with
/// further rows. The Decision holds for any outcomes; sequential_test.cpp has the theorem.
std::unique_ptr<Strategy> make_race(const Problem& problem);

}  // namespace assay::select
