#pragma once

#include <string>

#include "assay/app/route_fit.h"

namespace assay::view {

std::string to_json(const app::RouteFitReport& report);
std::string to_text(const app::RouteFitReport& report, bool colour = false);

}  // namespace assay::view
