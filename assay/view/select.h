#pragma once

#include <string>

#include "assay/app/select.h"

namespace assay::view {

std::string to_json(const asking::SelectReport& report);
std::string to_text(const asking::SelectReport& report, bool colour = false);

}  // namespace assay::view
