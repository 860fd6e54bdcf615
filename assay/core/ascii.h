#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace assay {

/// A to Z as small letters, all other bytes as they are: no locale plays a part.
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_ascii_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }

/// `ascii_lower` of each byte.
///
///     ascii_lower("Größe X") == "größe x"
inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return ascii_lower(c); });
  return result;
}

}  // namespace assay
