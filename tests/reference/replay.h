#pragma once

#include "assay/sim/replay.h"

namespace assay {

/// What `replay` computes for one competitor, on one thread, from a list of the gap after every single call: no
/// trajectories, no running counts; and, for each rule and confidence, from a run of its own that ends when it is
/// decided. Pools are drawn as `replay` draws them.
sim::ReplayResult reference_replay(const sim::ReplaySetup& setup, const sim::Competitor& competitor);

}  // namespace assay
