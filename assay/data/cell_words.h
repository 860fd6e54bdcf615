#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::data {

// Words that stand in cells and fields, the same in every format and in any case.

/// What a row with kBothBad in it is told as.
inline constexpr std::string_view kBothBadNote = "both_bad: both responses are bad, counted as a draw";

/// `text` without the spaces and tabs around it.
std::string_view without_blanks(std::string_view text);

/// What a word says of a comparison.
struct OutcomeWord {
  double value = 0;       ///< 1 win, 1/2 draw, 0 loss.
  bool both_bad = false;  ///< A draw in which neither response is any good.
};

/// "win" or "w", "draw", "d" or "tie", "loss" or "l", "both_bad" and its spellings; nothing if it is none of them.
std::optional<OutcomeWord> outcome_word(std::string_view text);

/// 1 of "true", 0 of "false"; nothing if it is neither.
std::optional<double> truth_word(std::string_view text);

/// Whether a word says that there is nothing: "nan", "None", "null", "n/a", "-" and the like, in any case.
bool is_missing_word(std::string_view text);

}  // namespace assay::data
