#include "assay/core/error.h"

#include "assay/core/utf8.h"

namespace assay {

DataError::DataError(const Location& where, std::string_view what)
    : Error(describe(where) + ": " + std::string(what)) {}

std::string describe(const Location& where) {
  return escaped(where.path) + (where.line > 0 ? ":" + std::to_string(where.line) : "");
}

std::string quoted(std::string_view text, std::size_t limit) {
  const bool cut = text.size() > limit;
  if (cut) {
    text = text.substr(0, limit);
    // Not in the middle of a character.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
      text.remove_suffix(1);
    }
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.remove_suffix(1);
  }
  return "\"" + escaped(text) + (cut ? "...\"" : "\"");
}

std::string quoted_around(std::string_view text, std::size_t at) {
  constexpr std::size_t kBefore = 15;
  constexpr std::size_t kLength = 30;
  std::size_t begin = at - std::min(at, kBefore);
  const auto inside = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U; };
  while (begin > 0 && begin < text.size() && inside(begin)) --begin;
  std::size_t end = std::min(begin + kLength, text.size());
  while (end < text.size() && inside(end)) ++end;
  return quoted(text.substr(begin, end - begin), 2 * kLength);
}

}  // namespace assay
