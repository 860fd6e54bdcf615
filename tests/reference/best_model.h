#pragma once

#include <vector>

#include "assay/core/outcomes.h"
#include "assay/select/best_model_posterior.h"

namespace assay {

/// A row of outcomes, one for each model.
using OutcomeRow = std::vector<Outcome>;

/// P(F = j | A) straight from LLM SELECTOR's two-parameter model: a product over the judged rows, then normalised.
/// No logarithms, so for some dozens of rows only.
std::vector<double> reference_posterior(const std::vector<OutcomeRow>& judged, std::size_t models,
                                        const select::OutcomeChances& chances);

/// 1/z sum_k H(F | A + R^k): each weak judge's row is appended to the judged ones and the posterior computed anew.
double reference_expected_entropy(const std::vector<OutcomeRow>& judged, const std::vector<OutcomeRow>& weak_rows,
                                  std::size_t models, const select::OutcomeChances& chances);

}  // namespace assay
