#pragma once

#include <string>

#include "assay/asking/baseline_report.h"
#include "assay/report/json.h"

namespace assay::view {

report::Json to_json(const asking::BaselineReport& report);
report::Json to_json(const asking::EveryPairReport& report);

/// Some lines, each indented by two spaces.
std::string to_text(const asking::BaselineReport& report);
/// A paragraph and a table.
std::string to_text(const asking::EveryPairReport& report);

}  // namespace assay::view
