#pragma once

#include <string>

#include "assay/app/ensemble_fit.h"

namespace assay::view {

std::string to_json(const app::EnsembleFitReport& report);
std::string to_text(const app::EnsembleFitReport& report, bool colour = false);

}  // namespace assay::view
