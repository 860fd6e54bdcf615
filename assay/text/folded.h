#pragma once

#include <string>
#include <string_view>

namespace assay::text {

/// `text` as people compare it: NFC with case folded ("É" composed or not is "é", "ß" is "ss"), runs of blanks and
/// line breaks one blank each, none at the ends. Bytes that are not UTF-8 stay as they are. O(length).
///
///     folded(" Cafe\u0301  AU\nlait ") == "café au lait"
std::string folded(std::string_view text);

}  // namespace assay::text
