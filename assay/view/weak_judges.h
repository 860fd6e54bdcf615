#pragma once

#include <string>

#include "assay/app/weak_judges.h"

namespace assay::view {

std::string to_json(const app::WeakJudgesReport& report);
std::string to_text(const app::WeakJudgesReport& report, bool colour = false);

}  // namespace assay::view
