#pragma once

#include <string>

#include "assay/app/route_update.h"

namespace assay::view {

std::string to_json(const app::RouteUpdateReport& report);
std::string to_text(const app::RouteUpdateReport& report, bool colour = false);

}  // namespace assay::view
