#pragma once

#include <string>

#include "assay/app/remove.h"

namespace assay::view {

std::string to_json(const app::RemoveReport& report);
std::string to_text(const app::RemoveReport& report);

}  // namespace assay::view
