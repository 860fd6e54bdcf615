#pragma once

#include <cstddef>
#include <vector>

#include "assay/core/progress.h"
#include "assay/core/responses.h"
#include "assay/select/weak_judges.h"

namespace assay::select {

/// What weak judges go by, before the tie band: for each judge n x m logarithms of the likelihood of a response
/// over that of the baseline's, NaN where either is missing. Without `pooled` those of a query depend on its
/// responses alone, so that queries may be spread over machines. Throws as judge_weakly.
std::vector<std::vector<float>> likelihood_ratios(const ResponseTable& responses, const WeakJudgeOptions& options,
                                                  std::size_t threads = 0, const Progress& progress = {});

}  // namespace assay::select
