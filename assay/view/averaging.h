#pragma once

#include <string>

#include "assay/report/json.h"
#include "assay/store/study.h"

namespace assay::view {

/// What stands behind a number of prompts: ", weighted by traffic", ", each task the same". Empty for a plain mean
/// of all queries.
std::string text_of(const store::Averaging& averaging);

report::Json json_of(const store::Averaging& averaging);

}  // namespace assay::view
