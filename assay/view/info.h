#pragma once

#include <string>

#include "assay/app/info.h"

namespace assay::view {

/// What a key of what was computed means, for people: "weak judges", "similarity", "grid search of STRATEGY".
std::string derived_title(std::string_view key);
std::string to_json(const app::InfoReport& report);
/// `all`: every name and every problem, where else ten and three stand.
std::string to_text(const app::InfoReport& report, bool all = false);

}  // namespace assay::view
