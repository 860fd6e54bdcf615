#pragma once

#include "assay/store/study.h"

namespace assay::asking {

/// Keeps what `select` measures with a live judge: what it compares with a baseline, or the scale of scores. In
/// Study::remembered as "select_measure", {"measure": "score", "low": 1, "high": 5, "lower_is_better": false}.
void remember_measure(store::Study& study, const store::Comparison& comparison);

/// Completes a choice that leaves the measure of a live judge open and names no baseline, as the study remembers
/// it; of scores the scale, too, if it is not given. `judge`, a live one by name or empty: if the study has only
/// verdicts or only scores of it, that is the measure. Returns whether anything was taken.
bool take_measure(const store::Study& study, store::ComparisonChoice& choice);

}  // namespace assay::asking
