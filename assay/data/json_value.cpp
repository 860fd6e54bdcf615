#include "assay/data/json_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "assay/data/cell_words.h"

namespace assay::data {
namespace {

std::string describe(const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::null: return "null";
    case JsonKind::boolean: return node.number != 0 ? "true" : "false";
    case JsonKind::number: return std::string(node.text.substr(0, 40));
    case JsonKind::string: return "the string " + quoted(node.text);
    case JsonKind::array: return node.span == 1 ? "an empty array" : "an array";
    case JsonKind::object: return "an object";
  }
  return {};
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string of_row(const JsonOrigin& origin) {
  return origin.row > 0 ? fmt::format(" of row {}", origin.row) : std::string();
}

}  // namespace

Location JsonValue::where() const {
  const bool ahead = origin_->counted_to != nullptr && origin_->counted_to <= node_->at;
  const char* from = ahead ? origin_->counted_to : origin_->begin;
  const std::size_t before = ahead ? origin_->counted : 0;
  origin_->counted = before + static_cast<std::size_t>(std::count(from, node_->at, '\n'));
  origin_->counted_to = node_->at;
  return {origin_->path, origin_->line + origin_->counted};
}

void JsonValue::reject(std::string_view expected) const {
  const std::string in = node_->key.empty() ? "" : " in " + quoted(node_->key);
  throw DataError(where(),
                  fmt::format("expected {}{}{}, came {}", expected, in, of_row(*origin_), describe(*node_)));
}

std::string_view JsonValue::string() const {
  if (kind() != JsonKind::string) reject("a string");
  return node_->text;
}

std::string_view JsonValue::name() const {
  const std::string_view text = kind() == JsonKind::string ? without_blanks(node_->text) : std::string_view();
  if (text.empty()) reject("a string that is not empty");
  return text;
}

std::string_view JsonValue::id() const {
  if (kind() == JsonKind::number && is_integer(node_->text)) return node_->text;
  const std::string_view text = kind() == JsonKind::string ? without_blanks(node_->text) : std::string_view();
  if (text.empty()) reject("an id (a string or an integer)");
  return text;
}

bool JsonValue::boolean() const {
  const bool known = kind() == JsonKind::boolean || kind() == JsonKind::number;
  if (!known || (node_->number != 0 && node_->number != 1)) reject("true or false");
  return node_->number == 1;
}

double JsonValue::correctness() const {
  const bool known = kind() == JsonKind::boolean || kind() == JsonKind::number;
  if (!known || !(node_->number >= 0 && node_->number <= 1)) reject("true, false or a score from 0 to 1");
  return node_->number;
}

double JsonValue::number() const {
  if (kind() != JsonKind::number) reject("a number");
  return node_->number;
}

std::string_view JsonValue::digits() const {
  if (kind() != JsonKind::number) reject("a number");
  return node_->text;
}

int JsonValue::integer(int least, int most) const {
  int value = 0;
  const char* end = node_->text.data() + node_->text.size();
  const bool fits = kind() == JsonKind::number && std::from_chars(node_->text.data(), end, value).ec == std::errc();
  if (!fits || !is_integer(node_->text) || value < least || value > most) {
    reject(fmt::format("an integer from {} to {}", least, most));
  }
  return value;
}

JsonValue JsonValue::field(std::string_view key) const {
  if (auto found = find(key)) return *found;
  throw DataError(where(),
                  fmt::format("expected a field {}{}, came an object without it", quoted(key), of_row(*origin_)));
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  if (kind() != JsonKind::object) reject("an object");
  std::optional<JsonValue> found;
  for (const JsonValue part : parts()) {
    if (part.key() != key) continue;
    if (found)
      throw DataError(part.where(),
                      fmt::format("expected one field {}{}, came two", quoted(key), of_row(*origin_)));
    found = part;
  }
  return found;
}

JsonValue::Parts JsonValue::elements() const {
  if (kind() != JsonKind::array) reject("an array");
  return parts();
}

}  // namespace assay::data
