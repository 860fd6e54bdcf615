#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay {

/// Messages name what the caller gave as fields, in backquotes: "`max_cost` needs the price of model ...". A caller
/// in C++ or Python finds a field or argument of that name; the command has the option --max-cost.

/// The fields that messages name, sorted.
std::span<const std::string_view> named_fields();

/// `message` with these fields as options: "--max-cost needs the price of model ...". What else stands in
/// backquotes stays.
std::string with_options(std::string_view message);

}  // namespace assay
