#include "assay/data/cell_words.h"

#include <algorithm>
#include <array>

#include "assay/core/ascii.h"

namespace assay::data {
namespace {

struct WordRow {
  std::string_view text;
  OutcomeWord means;
};

constexpr std::array kOutcomeWords = {
    WordRow{"win", {1}},
    WordRow{"w", {1}},
    WordRow{"draw", {0.5}},
    WordRow{"d", {0.5}},
    WordRow{"tie", {0.5}},
    WordRow{"loss", {0}},
    WordRow{"l", {0}},
    WordRow{"both_bad", {0.5, true}},
    WordRow{"both bad", {0.5, true}},
    WordRow{"both-bad", {0.5, true}},
    WordRow{"bothbad", {0.5, true}},
    WordRow{"tie (bothbad)", {0.5, true}},
    WordRow{"tie (both bad)", {0.5, true}},
};
constexpr std::size_t kLongestWord = 14;

}  // namespace

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::optional<OutcomeWord> outcome_word(std::string_view text) {
  if (text.size() > kLongestWord) return std::nullopt;
  const std::string word = ascii_lower(text);
  for (const WordRow& row : kOutcomeWords) {
    if (row.text == word) return row.means;
  }
  return std::nullopt;
}

std::optional<double> truth_word(std::string_view text) {
  if (text.size() > 5) return std::nullopt;
  const std::string word = ascii_lower(text);
  if (word == "true") return 1;
  if (word == "false") return 0;
  return std::nullopt;
}

bool is_missing_word(std::string_view text) {
  constexpr std::array<std::string_view, 11> kMissing = {"nan",  "none", "null", "n/a", "na",     "nil",
                                                         "#n/a", "-",    "--",   "?",   "missing"};
  const std::string word = text.size() <= kLongestWord ? ascii_lower(text) : std::string();
  return std::find(kMissing.begin(), kMissing.end(), word) != kMissing.end();
}

}  // namespace assay::data
