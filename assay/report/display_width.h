#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::report {

/// Columns that UTF-8 text takes on a terminal: 2 for East Asian wide and full-width characters and emoji, 0 for
/// combining marks and other characters that take no room, else 1. Each character counts alone: an emoji that is
/// joined of several counts them all. A control character or a byte that is not UTF-8 counts 1. The same in every
/// locale.
std::size_t display_width(std::string_view text);

/// `text` if it fits into `columns`, else its beginning and "…", together at most `columns` wide.
std::string cut_to_width(std::string_view text, std::size_t columns);

/// A name of a stranger for a line of text: fit for a terminal, at most 60 columns wide.
std::string shown_name(std::string_view name);

}  // namespace assay::report
