#pragma once

#include <string>
#include <string_view>

#include "assay/data/json_value.h"

namespace assay::data {

/// A prompt with the answers that it offers: "text", then a line "A. first answer", "B. ..." for each.
struct OfferedText {
  std::string text;
  int options = 0;
};

/// `list` is a JSON array of 1 to 26 strings. Throws DataError.
OfferedText with_options(std::string_view prompt, const JsonValue& list);

}  // namespace assay::data
