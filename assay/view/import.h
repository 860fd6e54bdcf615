#pragma once

#include <string>

#include "assay/app/import.h"

namespace assay::view {

std::string to_json(const app::ImportReport& report);
std::string to_text(const app::ImportReport& report);

}  // namespace assay::view
