#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "assay/data/json_value.h"

namespace assay::data {

// Values that tools write in several ways, or leave out. Nothing here throws: what is not of the kind is not known.

/// A string as it is; another value as JSON in one line; "" for null and for nothing.
std::string text_of(const std::optional<JsonValue>& value);
std::string text_of(const JsonValue& value);

/// A count of tokens; nothing for what is no number from 0 on.
std::optional<std::int64_t> token_count(const std::optional<JsonValue>& value);

/// Dollars as micro-dollars, rounded; nothing for what is no number from 0 on, or above a billion dollars.
std::optional<std::int64_t> micro_dollars(const std::optional<JsonValue>& value);
std::optional<std::int64_t> micro_dollars(double dollars);

/// Nothing for a field that is missing or null, or if `row` is no object.
std::optional<JsonValue> known_field(const std::optional<JsonValue>& row, std::string_view key);

/// A number or a truth value (1 or 0); NaN for all else.
double score_of(const std::optional<JsonValue>& value);

}  // namespace assay::data
