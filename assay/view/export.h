#pragma once

#include <string>

#include "assay/app/export.h"

namespace assay::view {

std::string to_json(const app::ExportReport& report);
std::string to_text(const app::ExportReport& report);

}  // namespace assay::view
