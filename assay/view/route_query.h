#pragma once

#include <string>

#include "assay/app/route_query.h"

namespace assay::view {

std::string to_json(const app::RouteQueryReport& report);
/// `all`: every model of a single prompt, not only five and the chosen one.
std::string to_text(const app::RouteQueryReport& report, bool colour = false, bool all = false);

}  // namespace assay::view
