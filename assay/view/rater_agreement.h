#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/asking/rater_agreement.h"
#include "assay/report/json.h"

namespace assay::view {

/// {"agreement": ..., "low": ..., "high": ..., "pairs": ...}; null for none.
report::Json share_json(const std::optional<asking::Share>& share);
/// {"value": ..., "low": ..., "high": ..., "pairs": ...}; null for none.
report::Json alpha_json(const std::optional<stats::Alpha>& alpha);
/// With `summary_of` as "summary".
report::Json to_json(const asking::RaterAgreement& agreement);

/// "81 % (74 .. 87)"; the interval is of 95 %.
std::string share_text(const asking::Share& share);
/// One to three sentences: how far people agree.
std::vector<std::string> summary_of(const asking::RaterAgreement& agreement);

}  // namespace assay::view
