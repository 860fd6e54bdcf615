#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::judge {

/// \file
/// What a response says its answer is, after all the words that lead to it. Thoughts must be gone before, see
/// thoughts.h.

/// The last of these that stands in `text`: what the last \boxed{...} holds; else what follows the last "####" in
/// its line; else what follows the last "answer is", "answer:" and the like in its line, or in the next one with
/// something in it. Ornaments around it are gone, see `bare`. Empty: none of them is there. O(length).
///
///     final_answer("2 + 2 = 4, so the answer is **4**.")  // "4"
std::optional<std::string> final_answer(std::string_view text);
/// The same of the first two alone, which stand in no prose: for texts of references.
std::optional<std::string> marked_answer(std::string_view text);

/// Without blanks, quotes, marks of Markdown and of formulas ("**", "`", "$", "\(") around it, without \text{...}
/// and the like around all of it, and without a full stop at its end. Once is enough.
std::string_view bare(std::string_view text);

}  // namespace assay::judge
