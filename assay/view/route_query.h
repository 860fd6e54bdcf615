#pragma once

#include <string>

#include "assay/app/route_query.h"

namespace assay::view {

std::string to_json(const app::RouteQueryReport& report);
std::string to_text(const app::RouteQueryReport& report, bool colour = false);

}  // namespace assay::view
