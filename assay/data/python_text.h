#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::data {

/// The strings of a Python list as `str(list)` writes it, with line breaks between them: "a\nb" of ['a', "b"].
/// Nothing if `text` is no list of strings alone. Escapes are undone; half a character becomes U+FFFD.
std::optional<std::string> python_list_text(std::string_view text);

/// True if a file starts as Python's pickles do.
bool is_pickle(std::string_view start);

}  // namespace assay::data
