#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "assay/core/labels.h"

namespace assay::judge {

/// \file
/// The votes of an ensemble that is served: which label a model's reply names, and how many a question offers.
///
///     const std::vector<std::string> labels = {"negative", "positive"};
///     label_in_reply("The sentiment is **Positive**.", labels, 2);  // 2
///     options_in_prompt("Which?\nA. tea\nB. coffee", 10);           // 2

/// The label of 1 .. offered that the reply names, kUnanswered if none or several could be meant. Thoughts before
/// the answer do not count, and where they have no end, as in a reply that was cut off, the last line alone, if it
/// is an answer. Names are compared as text::folded has them, full-width letters and marks as those of ASCII.
/// O(length x labels).
///
/// Labels A, B, C, ...: the letter that is the first line or the last, that the reply says its final answer is
/// (final_answer.h), that begins it ("B) tea"), or the only one in it; none after "not". Other labels: the one that
/// the first line is, that the final answer is or begins with, else the only one in that answer, else the one that
/// the whole reply is, else the only one that stands in it as whole words. A name within a longer one that stands
/// there
/// ("safe" in "not safe") does not count. Of labels that differ by case alone the one that stands there exactly.
Label label_in_reply(std::string_view reply, std::span<const std::string> labels, Label offered);

/// How many answers a prompt offers: lines that begin with "A.", "A)", "(A)", "[A]", "A:" or "A、", after a bullet
/// or not, then "B" and so on, the last such list; at most `most`. `most` where there is no list of two or more.
Label options_in_prompt(std::string_view prompt, Label most);

}  // namespace assay::judge
