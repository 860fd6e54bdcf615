#include "assay/core/surrogates.h"

#include <charconv>

namespace assay {
namespace {

constexpr std::size_t kEscape = 6;  // bytes of \uXXXX

// The code unit of the escape at `at`; -1 if there is none.
int escape_at(std::string_view json, std::size_t at) {
  if (at + kEscape > json.size() || json[at] != '\\' || json[at + 1] != 'u') return -1;
  int unit = 0;
  const char* end = json.data() + at + kEscape;
  const auto [stop, error] = std::from_chars(json.data() + at + 2, end, unit, 16);
  return error == std::errc() && stop == end && unit >= 0 ? unit : -1;
}

bool first_half(int unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool second_half(int unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::size_t mend_surrogates(std::string& json) {
  std::size_t mended = 0;
  std::size_t at = json.find('\\');
  while (at != std::string::npos) {
    const int unit = escape_at(json, at);
    std::size_t length = unit < 0 ? 2 : kEscape;  // an escaped backslash begins no other escape
    if (first_half(unit) && second_half(escape_at(json, at + kEscape))) {
      length = 2 * kEscape;
    } else if (first_half(unit) || second_half(unit)) {
      json.replace(at, kEscape, "\\ufffd");
      ++mended;
    }
    at = json.find('\\', at + length);
  }
  return mended;
}

bool may_have_surrogates(std::string_view json) {
  return json.find("\\ud") != std::string_view::npos || json.find("\\uD") != std::string_view::npos;
}

}  // namespace assay
