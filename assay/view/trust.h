#pragma once

#include <string>
#include <vector>

#include "assay/app/trust.h"

namespace assay::view {

std::string to_json(const app::TrustReport& report);
std::string to_text(const app::TrustReport& report);
/// The first lines of the text: "The judge agrees with people in 81 % (74 .. 87) of 143 pairs, ...".
std::vector<std::string> summary_of(const app::TrustReport& report);

}  // namespace assay::view
