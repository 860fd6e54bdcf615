#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::judge {

/// A program and its arguments as one text, split as a shell splits words, and nothing more than that: words end at
/// blanks; between '...' all stands for itself; between "..." a backslash makes the next " or \ stand for itself;
/// elsewhere a backslash makes the next character stand for itself. No variables, patterns, pipes or redirections:
/// no shell is involved, and characters like $ * | > ; are plain ones. Throws InvalidArgument for a text without a
/// word, a quote that is not closed, a backslash at the end or a zero byte.
std::vector<std::string> split_words(std::string_view text);

}  // namespace assay::judge
