#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::report {

/// Text of strangers as lines for a terminal, each at most `columns` wide (at least 1): its own lines, wrapped at
/// blanks where they are too long, in the midst of a word only where that alone is too long. Tabs become blanks up
/// to the next eighth column; other control characters and what is not UTF-8 are escaped. Empty text gives no line.
std::vector<std::string> wrapped_lines(std::string_view text, std::size_t columns);

}  // namespace assay::report
