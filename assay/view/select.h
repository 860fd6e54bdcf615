#pragma once

#include <string>

#include "assay/app/select.h"

namespace assay::view {

std::string to_json(const app::SelectReport& report);
std::string to_text(const app::SelectReport& report, bool colour = false);

}  // namespace assay::view
