#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// Cuts texts into tokens. An example of use:
//
//   const std::vector<std::string_view> texts = {"A rose is a rose.", "a rose"};
//   const TokenSequence sequence = tokenize(texts, TokenKind::word);
//   const std::size_t length = sequence.text(0).size();  // 6
//   const std::uint32_t distinct = sequence.vocabulary;  // 4: a, rose, is and the full stop

#pragma GCC visibility push(default)

namespace assay::text {

/// What counts as a token.
enum class TokenKind : std::uint8_t {
  word,       ///< A run of ASCII letters and digits (case folded) and of non-ASCII characters; any other visible
              ///< character alone. Blanks only separate.
  character,  ///< A UTF-8 character (ASCII case folded); a run of blanks is one blank.
};

/// Texts as numbers: token t of all texts, in order, with the bounds of each text. A number stands for the same
/// token in all texts of one sequence.
struct TokenSequence {
  std::vector<std::uint32_t> tokens;
  std::vector<std::size_t> bounds;  ///< texts + 1 positions; text i is tokens[bounds[i] .. bounds[i + 1]).
  std::uint32_t vocabulary = 0;     ///< Tokens are in [0, vocabulary).

  std::size_t texts() const { return bounds.empty() ? 0 : bounds.size() - 1; }
  std::span<const std::uint32_t> text(std::size_t i) const {
    return std::span(tokens).subspan(bounds[i], bounds[i + 1] - bounds[i]);
  }
};

/// Cuts `texts` into tokens. A byte that is not UTF-8 is a character of its own; in words it counts as a non-ASCII
/// letter. O(total bytes).
TokenSequence tokenize(std::span<const std::string_view> texts, TokenKind kind);

}  // namespace assay::text

#pragma GCC visibility pop
