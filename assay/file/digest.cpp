#include "assay/file/digest.h"

#include <xxhash.h>

#include <cstring>

namespace assay::file {

Digest digest(std::string_view text) {
  Digest result;
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(text.data(), text.size()));
  static_assert(sizeof canonical.digest == sizeof result);
  std::memcpy(result.data(), canonical.digest, sizeof result);
  return result;
}

Digest digest(std::span<const std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) all.append(std::to_string(text.size())).append(":").append(text);
  return digest(all);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.append({kDigits[value >> 4U], kDigits[value & 15U]});
  }
  return text;
}

}  // namespace assay::file
