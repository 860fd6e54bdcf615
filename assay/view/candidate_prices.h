#pragma once

#include <string>
#include <string_view>

#include "assay/asking/candidate_prices.h"

namespace assay::view {

/// "$0.42 per 1,000 prompts", "1.3 s an answer", "7 B weights".
std::string text_of_price(asking::Preference preference, double price);
/// The head of a column of prices: "per 1,000 prompts", "s an answer", "B weights"; and its cells.
std::string_view price_unit(asking::Preference preference);
std::string price_cell(asking::Preference preference, double price);
/// "cheapest", "fastest" or "smallest".
std::string_view least_text(asking::Preference preference);
/// "cheaper", "faster" or "smaller".
std::string_view less_text(asking::Preference preference);

}  // namespace assay::view
