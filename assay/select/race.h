#pragma once

#include <memory>

#include "assay/select/strategy.h"

namespace assay::select {

/// Queries in the order of the pool, which must be random, each judged for the models that are still in the race.
/// A model leaves it when a test by betting has excluded that it is the best one (StopRule::guaranteed); once one
/// model is left, or the whole pool was judged, nothing more is proposed. Batches of up to m calls end with the
/// row, so that they ask what single calls would; larger ones go on with further rows. Its Decision holds for any
/// outcomes whatever; how, and by which theorem, is told at the head of sequential_test.cpp.
std::unique_ptr<Strategy> make_race(const Problem& problem);

}  // namespace assay::select
