#pragma once

#include <cstddef>
#include <string_view>

#include "assay/core/ascii.h"

namespace assay::judge {

// What surrounds words in the replies of judges.

bool is_digit(char c);
inline bool is_word(char c) { return is_ascii_letter(c) || is_digit(c); }
/// Of ASCII letters.
bool same_word(std::string_view a, std::string_view b);

constexpr std::string_view kBlanks = " \t\r\n";

/// Bytes of what means nothing at the start of `text`: a blank, an ornament of Markdown, a quote, an opening or
/// closing bracket; 0 if there is none.
std::size_t ornament_length(std::string_view text);
/// Likewise at the end.
std::size_t ornament_length_at_end(std::string_view text);
/// Bytes of what a program put at the start of `text`, not the judge: <b>, </answer>, <|im_end|>, </s>, \boxed{; 0
/// if there is none. <A> is a letter in brackets.
std::size_t tag_length(std::string_view text);

}  // namespace assay::judge
