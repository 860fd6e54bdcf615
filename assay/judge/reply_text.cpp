#include "assay/judge/reply_text.h"

#include <algorithm>
#include <array>

#include "assay/core/ascii.h"

namespace assay::judge {
namespace {

constexpr std::array kOrnaments = std::to_array<std::string_view>({
    " ",
    "\t",
    "\r",
    "*",
    "_",
    "`",
    "#",
    "$",
    "\"",
    "'",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "\xC2\xA0",
    "\xE3\x80\x80",
    "\xE2\x80\x8B",
    "\xEF\xBB\xBF",  // blanks: not to break, of full width, of no width, mark
    "\xE2\x80\x9C",
    "\xE2\x80\x9D",
    "\xE2\x80\x9E",
    "\xE2\x80\x98",
    "\xE2\x80\x99",  // curly quotes
    "\xC2\xAB",
    "\xC2\xBB",  // guillemets
    "\xE3\x80\x8C",
    "\xE3\x80\x8D",
    "\xE3\x80\x8E",
    "\xE3\x80\x8F",
    "\xE3\x80\x90",
    "\xE3\x80\x91",  // East Asian
    "\xEF\xBC\x88",
    "\xEF\xBC\x89",  // parentheses of full width
});

}  // namespace

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

std::size_t ornament_length(std::string_view text) {
  for (const std::string_view ornament : kOrnaments) {
    if (text.starts_with(ornament)) return ornament.size();
  }
  return 0;
}

std::size_t ornament_length_at_end(std::string_view text) {
  for (const std::string_view ornament : kOrnaments) {
    if (text.ends_with(ornament)) return ornament.size();
  }
  return 0;
}

std::size_t tag_length(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  text = text.substr(0, kLongest);
  if (text.starts_with('\\')) {  // of LaTeX
    std::size_t at = 1;
    while (at < text.size() && is_ascii_letter(text[at])) ++at;
    return at > 1 && at < text.size() && text[at] == '{' ? at + 1 : 0;
  }
  const std::size_t end = text.find('>');
  if (!text.starts_with('<') || end == std::string_view::npos || end < 2) return 0;
  const std::string_view name = text.substr(1, end - 1);
  constexpr std::string_view kWideBar = "\xEF\xBD\x9C";
  if (name.front() == '/' || name.front() == '|' || name.starts_with(kWideBar)) return end + 1;
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '_'; });
  if (!plain || !is_ascii_letter(name.front()) || same_word(name, "a") || same_word(name, "tie")) return 0;
  if (!same_word(name, "b")) return end + 1;
  const std::size_t close = text.find("</", end);  // <B> may be the verdict, <b>A</b> is not
  return close != std::string_view::npos && close > end + 1 ? end + 1 : 0;
}

}  // namespace assay::judge
