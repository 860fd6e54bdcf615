#pragma once

#include <string>
#include <vector>

#include "assay/report/json.h"
#include "assay/store/study.h"

namespace assay::view {

/// Rows of imported files that are told of: an array of {reason, rows, first}.
report::Json told_json(const std::vector<store::ToldRows>& told);

/// The same as a table; `title` is that of the reasons. Options are named as typed.
std::string told_text(const std::string& title, const std::vector<store::ToldRows>& told);

}  // namespace assay::view
