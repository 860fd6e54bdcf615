#pragma once

#include <string>

#include "assay/app/info.h"

namespace assay::view {

/// What the key of an oracle means, for people: "recorded, judge X against Y", "recorded scores, judge X, seed
/// S"; the key itself if it is not known.
std::string oracle_title(std::string_view key);
/// The same for a key of what was computed: "weak judges", "similarity", "grid search of STRATEGY".
std::string derived_title(std::string_view key);
std::string to_json(const app::InfoReport& report);
std::string to_text(const app::InfoReport& report);

}  // namespace assay::view
