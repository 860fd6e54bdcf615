#include "assay/data/python_text.h"

#include <charconv>
#include <cstdint>

namespace assay::data {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

void append_character(std::uint32_t code, std::string& to) {
  const bool half = code >= 0xD800 && code <= 0xDFFF;
  if (half || code > 0x10FFFF) code = kReplacement;
  const auto tail = [&](unsigned shift) { to += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    to += static_cast<char>(code);
  } else if (code < 0x800) {
    to += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    to += static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    to += static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// What stands for the escape at the start of `rest`, behind its backslash, is appended and taken off; false if it
/// is none of Python's.
bool take_escape(std::string_view& rest, std::string& to) {
  if (rest.empty()) return false;
  const char kind = rest.front();
  rest.remove_prefix(1);
  std::size_t digits = 0;
  switch (kind) {
    case 'n': to += '\n'; return true;
    case 't': to += '\t'; return true;
    case 'r': to += '\r'; return true;
    case '\\':
    case '\'':
    case '"': to += kind; return true;
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    default: return false;
  }
  if (rest.size() < digits) return false;
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, code, 16);
  if (error != std::errc() || end != rest.data() + digits) return false;
  append_character(code, to);
  rest.remove_prefix(digits);
  return true;
}

/// Likewise a string with its quotes.
bool take_string(std::string_view& rest, std::string& to) {
  if (rest.empty() || (rest.front() != '\'' && rest.front() != '"')) return false;
  const char quote = rest.front();
  const char ends[] = {quote, '\\'};
  rest.remove_prefix(1);
  while (true) {
    const std::size_t length = rest.find_first_of(std::string_view(ends, 2));
    if (length == std::string_view::npos) return false;
    to += rest.substr(0, length);
    const bool closed = rest[length] == quote;
    rest.remove_prefix(length + 1);
    if (closed) return true;
    if (!take_escape(rest, to)) return false;
  }
}

void skip_blanks(std::string_view& rest) {
  const std::size_t length = rest.find_first_not_of(" \t\r\n");
  rest.remove_prefix(length == std::string_view::npos ? rest.size() : length);
}

}  // namespace

std::optional<std::string> python_list_text(std::string_view text) {
  skip_blanks(text);
  if (!text.starts_with('[')) return std::nullopt;
  text.remove_prefix(1);
  std::string joined;
  bool first = true;
  while (true) {
    skip_blanks(text);
    if (text.starts_with(']')) break;
    if (!first) {
      // numpy writes its lists without commas.
      if (text.starts_with(',')) text.remove_prefix(1);
      skip_blanks(text);
      if (text.starts_with(']')) break;
      joined += '\n';
    }
    first = false;
    if (!take_string(text, joined)) return std::nullopt;
  }
  text.remove_prefix(1);
  skip_blanks(text);
  if (!text.empty()) return std::nullopt;
  return joined;
}

bool is_pickle(std::string_view start) {
  return start.size() > 1 && start[0] == '\x80' && start[1] >= 2 && start[1] <= 5;
}

}  // namespace assay::data
