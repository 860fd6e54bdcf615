#pragma once

#include <string>

#include "assay/core/parameters.h"
#include "assay/report/json.h"

namespace assay::view {

/// Sets a member of `json` for each value, by name with _ in place of -.
void add_parameters(const ParameterValues& parameters, report::Json& json);

/// The same as an object of their own; empty if there are none.
report::Json json_of(const ParameterValues& parameters);

/// The same for people: "e_loss 0.20, e_draw 0.40", or nothing.
std::string text_of(const ParameterValues& parameters);

}  // namespace assay::view
