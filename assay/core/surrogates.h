#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// JSON may write a character above U+FFFF as two halves, "\ud83d\ude00". Programs that cut texts leave one half
/// alone, which RFC 8259 allows and no UTF-8 can say. Each such half is replaced by "\ufffd", which has the same
/// length, so that places stay what they are. Returns the number of halves. `json`: any text; only escapes of JSON
/// change. O(length).
std::size_t mend_surrogates(std::string& json);

/// Whether there may be such a half: false is certain. O(length), without a copy.
bool may_have_surrogates(std::string_view json);

}  // namespace assay
