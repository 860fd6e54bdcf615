#pragma once

#include <string>

#include "assay/app/ensemble.h"

namespace assay::view {

std::string to_json(const app::EnsembleReport& report);
std::string to_text(const app::EnsembleReport& report, bool colour = false);
/// Held-out accuracy against the number of members, a line for each method with its best decision.
std::string to_svg(const app::EnsembleReport& report);

}  // namespace assay::view
