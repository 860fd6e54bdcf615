#include "assay/data/outcome_lines.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "assay/data/file_list.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr std::size_t kFloatBytes = 4;
constexpr double kLatest = 4294967296;  // as routers keep it

int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// The bytes of base64 (RFC 4648, with padding); none if it is no such text.
std::optional<std::vector<std::uint8_t>> base64_bytes(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  if (text.size() % 4 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t padding = last && text[i + 3] == '=' ? (text[i + 2] == '=' ? 2U : 1U) : 0U;
    std::uint32_t value = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const int six = c >= 4 - padding ? 0 : sextet(text[i + c]);
      if (six < 0) return std::nullopt;
      value = value << 6U | static_cast<std::uint32_t>(six);
    }
    for (std::size_t b = 0; b < 3 - padding; ++b) bytes.push_back(static_cast<std::uint8_t>(value >> (16 - 8 * b)));
  }
  return bytes;
}

std::vector<float> vector_of(const JsonValue& value) {
  std::vector<float> vector;
  if (value.kind() == JsonKind::string) {
    const auto bytes = base64_bytes(value.string());
    if (!bytes || bytes->size() % kFloatBytes != 0) value.reject("base64 of 32-bit floats, or a list of numbers");
    for (std::size_t i = 0; i < bytes->size(); i += kFloatBytes) {
      std::uint32_t bits = 0;
      for (std::size_t b = 0; b < kFloatBytes; ++b) bits |= std::uint32_t{(*bytes)[i + b]} << (8 * b);
      vector.push_back(std::bit_cast<float>(bits));
    }
  } else {
    for (const JsonValue number : value.elements()) vector.push_back(static_cast<float>(number.number()));
  }
  if (vector.empty() || !std::all_of(vector.begin(), vector.end(), [](float x) { return std::isfinite(x); })) {
    value.reject("finite numbers");
  }
  return vector;
}

std::optional<JsonValue> told(const JsonValue& row, std::string_view key) {
  const std::optional<JsonValue> value = row.find(key);
  return value && !value->is_null() ? value : std::nullopt;
}

void take_outcome(const JsonValue& row, OutcomeLines& lines) {
  const auto model = told(row, "model"), right = told(row, "right");
  if (!model || !right) {
    ++lines.without_outcome;
    return;
  }
  OutcomeLine line;
  line.model = model->name();
  line.right = right->correctness();
  if (const auto prompt = told(row, "prompt")) line.prompt = prompt->string();
  if (const auto vector = told(row, "vector")) line.vector = vector_of(*vector);
  if (const auto embedding = told(row, "embedding")) line.embedding = embedding->string();
  if (const auto task = told(row, "task"); task && !task->string().empty()) line.task = task->string();
  if (const auto time = told(row, "time")) {
    line.time = time->number();
    if (!(line.time >= 1 && line.time < kLatest)) time->reject("Unix time in seconds, above 0 and before 2106");
  }
  if (!line.prompt && line.vector.empty()) {
    ++lines.without_prompt;
    return;
  }
  lines.lines.push_back(std::move(line));
}

}  // namespace

OutcomeLines read_outcome_lines(ByteSource& source) {
  OutcomeLines lines;
  read_json_lines(source, {.half_characters = &lines.half_characters},
                  [&](const JsonValue& row) { take_outcome(row, lines); });
  return lines;
}

OutcomeLines read_outcome_lines(const std::string& path) {
  require_file(path);
  return read_outcome_lines(*open_source(path, nullptr));
}

std::string vector_text(std::span<const float> vector) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned kDigitBits = 6;
  std::string text;
  text.reserve(vector.size() * kFloatBytes * 4 / 3 + 4);
  std::uint64_t bits = 0;  // that are not written yet, at its end
  unsigned count = 0;
  const auto take = [&](std::uint8_t byte) {
    bits = bits << 8U | byte;
    for (count += 8; count >= kDigitBits; count -= kDigitBits) {
      text += kDigits[bits >> (count - kDigitBits) & 63U];
    }
  };
  for (const float value : vector) {
    const auto bytes = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) take(static_cast<std::uint8_t>(bytes >> shift));
  }
  if (count > 0) text += kDigits[bits << (kDigitBits - count) & 63U];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace assay::data
