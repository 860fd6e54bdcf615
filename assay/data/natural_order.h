#pragma once

#include <string_view>

namespace assay::data {

/// Whether `a` comes before `b` in an order in which numbers count as numbers: "v0.9" before "v0.10", "run" before
/// "run_2". For names of files and folders that count their runs.
bool natural_before(std::string_view a, std::string_view b);

}  // namespace assay::data
