#pragma once

#include <string>

#include "assay/app/simulate.h"

namespace assay::view {

std::string to_json(const app::SimulateReport& report);
std::string to_text(const app::SimulateReport& report, bool colour = false);
/// Identification probability against query equivalents, a line per strategy.
std::string to_svg(const app::SimulateReport& report);

}  // namespace assay::view
