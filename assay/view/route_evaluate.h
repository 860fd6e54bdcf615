#pragma once

#include <string>

#include "assay/app/route_evaluate.h"

namespace assay::view {

std::string to_json(const app::RouteEvaluateReport& report);
std::string to_text(const app::RouteEvaluateReport& report, bool colour = false);

}  // namespace assay::view
