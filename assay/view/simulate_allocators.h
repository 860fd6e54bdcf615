#pragma once

#include <string>

#include "assay/app/simulate_allocators.h"

namespace assay::view {

std::string to_json(const app::SimulateAllocatorsReport& report);
std::string to_text(const app::SimulateAllocatorsReport& report, bool colour = false);
/// Worst error against calls an arm, a line per allocator.
std::string to_svg(const app::SimulateAllocatorsReport& report);

}  // namespace assay::view
