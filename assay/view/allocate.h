#pragma once

#include <string>

#include "assay/app/allocate.h"

namespace assay::view {

std::string to_json(const app::AllocateReport& report);
std::string to_text(const app::AllocateReport& report, bool colour = false);

}  // namespace assay::view
