#pragma once

#include "assay/core/ids.h"
#include "assay/select/best_model_posterior.h"
#include "assay/select/subset_sums.h"
#include "assay/select/weak_verdicts.h"

namespace assay::select {

/// Expected entropy of the posterior of the best model once `query` is judged, in nats (arXiv 2510.09418, section
/// 3): 1/z sum_k H(F | A + (q, R^k_q)), the outcomes being those of the z weak judges in turn. `sums` holds
/// `posterior.probabilities()`. O(z * m / 8).
double expected_entropy(const WeakVerdicts& weak, QueryId query, const BestModelPosterior& posterior,
                        const SubsetSums& sums);

}  // namespace assay::select
