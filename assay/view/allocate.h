#pragma once

#include <string>

#include "assay/app/allocate.h"

namespace assay::view {

std::string to_json(const asking::AllocateReport& report);
/// `all`: every response, not only the ten that were called most.
std::string to_text(const asking::AllocateReport& report, bool colour = false, bool all = false);

}  // namespace assay::view
