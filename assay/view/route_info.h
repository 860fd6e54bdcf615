#pragma once

#include <string>

#include "assay/app/route_info.h"
#include "assay/report/json.h"

namespace assay::view {

std::string to_json(const app::RouteInfoReport& report);
/// `all`: every model, not only the ten that are right most often.
std::string to_text(const app::RouteInfoReport& report, bool colour = false, bool all = false);

/// `json` with what the router holds, but for the notes.
report::Json router_json(report::Json json, const app::RouteInfoReport& report);
/// Lines about the router: what it holds, whether it routes, its guard.
std::string router_text(const app::RouteInfoReport& report);

}  // namespace assay::view
