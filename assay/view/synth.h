#pragma once

#include <string>

#include "assay/app/synth.h"

namespace assay::view {

std::string to_json(const app::SynthScoresReport& report);
std::string to_text(const app::SynthScoresReport& report, bool colour = false);
std::string to_json(const app::SynthReport& report);
/// `all`: every model, not only the best five.
std::string to_text(const app::SynthReport& report, bool colour = false, bool all = false);

}  // namespace assay::view
