#pragma once

#include <string>

#include "assay/report/json.h"
#include "assay/select/strategy.h"

namespace assay::view {

/// The parameters that a strategy uses, as an object; empty for one that uses none.
report::Json json_of(const select::StrategyEntry& entry, const select::Parameters& parameters);

/// The same for people: "e_loss 0.20, e_draw 0.40", or nothing.
std::string text_of(const select::StrategyEntry& entry, const select::Parameters& parameters);

}  // namespace assay::view
