#pragma once

#include <string>

#include "assay/app/allocate.h"

namespace assay::view {

std::string to_json(const asking::AllocateReport& report);
std::string to_text(const asking::AllocateReport& report, bool colour = false);

}  // namespace assay::view
