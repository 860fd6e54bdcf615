#include "assay/embed/kept_vector.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace assay::embed {
namespace {

constexpr std::size_t kDigits = 8;  // of a float in hexadecimal

}  // namespace

std::vector<float> normalized(std::vector<float> vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  if (!(squares > 0)) return vector;
  const double scale = 1 / std::sqrt(squares);
  for (float& value : vector) value = static_cast<float>(value * scale);
  return vector;
}

std::string kept_text(std::span<const float> vector) {
  std::string text;
  text.reserve(kDigits * vector.size());
  for (const float value : vector) text += fmt::format("{:08x}", std::bit_cast<std::uint32_t>(value));
  return text;
}

std::vector<float> vector_in(std::string_view text) {
  std::vector<float> vector;
  for (; text.size() >= kDigits; text.remove_prefix(kDigits)) {
    std::uint32_t bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + kDigits, bits, 16);
    const float value = std::bit_cast<float>(bits);
    if (error != std::errc{} || end != text.data() + kDigits || !std::isfinite(value)) return {};
    vector.push_back(value);
  }
  return text.empty() ? vector : std::vector<float>{};
}

}  // namespace assay::embed
