#include "assay/data/field_values.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace assay::data {
namespace {

constexpr double kMicroDollar = 1e-6;
constexpr double kMostDollars = 1e9;
constexpr double kMostTokens = 1e15;

void append_json(const JsonValue& value, std::string& to) {
  switch (value.kind()) {
    case JsonKind::null: to += "null"; break;
    case JsonKind::boolean: to += value.boolean() ? "true" : "false"; break;
    case JsonKind::number: to += value.digits(); break;
    case JsonKind::string: append_json_string(value.string(), to); break;
    case JsonKind::array:
    case JsonKind::object: {
      const bool object = value.kind() == JsonKind::object;
      to += object ? '{' : '[';
      bool first = true;
      for (const JsonValue part : value.parts()) {
        if (!first) to += ", ";
        first = false;
        if (object) {
          append_json_string(part.key(), to);
          to += ": ";
        }
        append_json(part, to);
      }
      to += object ? '}' : ']';
    }
  }
}

}  // namespace

void append_json_string(std::string_view text, std::string& to) {
  to += '"';
  for (const char c : text) {
    switch (c) {
      case '"': to += "\\\""; break;
      case '\\': to += "\\\\"; break;
      case '\n': to += "\\n"; break;
      case '\r': to += "\\r"; break;
      case '\t': to += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20U) {
          to += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          to += c;
        }
    }
  }
  to += '"';
}

std::string text_of(const JsonValue& value) {
  if (value.kind() == JsonKind::string) return std::string(value.string());
  std::string text;
  if (!value.is_null()) append_json(value, text);
  return text;
}

std::string text_of(const std::optional<JsonValue>& value) { return value ? text_of(*value) : std::string(); }

std::optional<std::int64_t> token_count(const std::optional<JsonValue>& value) {
  if (!value || value->kind() != JsonKind::number) return std::nullopt;
  const double count = value->number();
  if (!(count >= 0 && count <= kMostTokens)) return std::nullopt;
  return std::llround(count);
}

std::optional<std::int64_t> micro_dollars(double dollars) {
  if (!(dollars >= 0 && dollars <= kMostDollars)) return std::nullopt;
  return std::llround(dollars / kMicroDollar);
}

std::optional<std::int64_t> micro_dollars(const std::optional<JsonValue>& value) {
  if (!value || value->kind() != JsonKind::number) return std::nullopt;
  return micro_dollars(value->number());
}

std::optional<JsonValue> known_field(const std::optional<JsonValue>& row, std::string_view key) {
  if (!row || row->kind() != JsonKind::object) return std::nullopt;
  const auto value = row->find(key);
  return value && !value->is_null() ? value : std::nullopt;
}

double score_of(const std::optional<JsonValue>& value) {
  if (value && value->kind() == JsonKind::boolean) return value->boolean() ? 1 : 0;
  const bool number = value && value->kind() == JsonKind::number && std::isfinite(value->number());
  return number ? value->number() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace assay::data
