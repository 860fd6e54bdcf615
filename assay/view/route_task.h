#pragma once

#include <string>

#include "assay/app/route_task.h"

namespace assay::view {

std::string to_json(const app::RouteTaskReport& report);
std::string to_text(const app::RouteTaskReport& report, bool colour = false);

}  // namespace assay::view
