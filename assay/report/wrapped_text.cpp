#include "assay/report/wrapped_text.h"

#include <algorithm>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::report {
namespace {

constexpr std::size_t kTab = 8;

std::string with_tabs_as_blanks(std::string_view line) {
  std::string result;
  std::size_t begin = 0;
  for (std::size_t tab = 0; (tab = line.find('\t', begin)) != std::string_view::npos; begin = tab + 1) {
    result += line.substr(begin, tab - begin);
    result.append(kTab - display_width(result) % kTab, ' ');
  }
  return result.append(line.substr(begin));
}

// Bytes of `text` that fit into `columns`, at least one character.
std::size_t fitting(std::string_view text, std::size_t columns) {
  std::size_t width = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t bytes = std::max<std::size_t>(1, utf8_length(text.substr(at)));
    width += display_width(text.substr(at, bytes));
    if (width > columns && at > 0) break;
    at += bytes;
  }
  return at;
}

void wrap(std::string_view line, std::size_t columns, std::vector<std::string>& lines) {
  do {
    std::size_t end = fitting(line, columns);
    std::size_t next = end;
    if (end < line.size() && line[end] != ' ') {
      const std::size_t blank = line.substr(0, end).rfind(' ');
      const bool indent =
          blank == std::string_view::npos || line.substr(0, blank).find_first_not_of(' ') == std::string_view::npos;
      if (!indent) end = blank;
      next = end;
    }
    if (next < line.size() && line[next] == ' ') ++next;
    lines.emplace_back(line.substr(0, end));
    line.remove_prefix(next);
  } while (!line.empty());
}

}  // namespace

std::vector<std::string> wrapped_lines(std::string_view text, std::size_t columns) {
  columns = std::max<std::size_t>(1, columns);
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    wrap(escaped(with_tabs_as_blanks(line)), columns, lines);
  }
  return lines;
}

}  // namespace assay::report
