#pragma once

#include <string_view>

#include "assay/http/api_json.h"

namespace assay::http {

/// JSON that people write, of the file `file`. Half a character, "\ud83d", is read as U+FFFD; a mark of byte order
/// before it is passed over. Throws DataError with the line for what is no JSON or nested more than 512 deep, and
/// for a name that comes twice in one object: readers of JSON take the last one, silently.
///
///     checked_json("[1,\n 2,]", "a.json");  // DataError: a.json:2: expected JSON, near "[1,\x0a 2,]"
ApiJson checked_json(std::string_view text, std::string_view file);

}  // namespace assay::http
