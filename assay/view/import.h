#pragma once

#include <string>

#include "assay/app/import.h"

namespace assay::view {

std::string to_json(const app::ImportReport& report);
/// `all`: the names of all models, not only ten.
std::string to_text(const app::ImportReport& report, bool all = false);

}  // namespace assay::view
