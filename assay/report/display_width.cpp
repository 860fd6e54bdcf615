#include "assay/report/display_width.h"

#include <utf8proc.h>

#include "assay/core/utf8.h"

namespace assay::report {
namespace {

struct Character {
  std::size_t bytes;
  std::size_t width;
};

/// The first character of `text`, which is not empty.
Character first_character(std::string_view text) {
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                  static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (bytes <= 1) return {1, 1};  // ASCII, or no UTF-8
  return {static_cast<std::size_t>(bytes), static_cast<std::size_t>(utf8proc_charwidth(code_point))};
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    width += character.width;
    text.remove_prefix(character.bytes);
  }
  return width;
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  std::size_t width = 0;
  std::size_t kept = 0;  // bytes that fit with the ellipsis after them
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    width += character.width;
    at += character.bytes;
    if (width + 1 <= columns) kept = at;
    if (width > columns) return columns == 0 ? "" : std::string(text.substr(0, kept)) + "…";
  }
  return std::string(text);
}

std::string shown_name(std::string_view name) {
  constexpr std::size_t kNameColumns = 60;
  return cut_to_width(escaped(name), kNameColumns);
}

}  // namespace assay::report
