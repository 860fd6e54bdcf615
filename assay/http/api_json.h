#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace assay::http {

/// \file
/// JSON that goes to an endpoint and comes from it, which nobody checked:
///
///     const ApiJson reply = read_json(body);
///     const ApiJson& choice = first_item(member(reply, "choices"));  // null unless there is one

/// Members keep their order.
using ApiJson = nlohmann::ordered_json;

/// Nested more than 512 deep: a tree of it would be walked by recursion that deep. O(length).
bool is_too_deep(std::string_view text);

/// Discarded if `text` is no JSON, or too deep. Half a character, "\ud83d", is no reason to lose the rest; nor are
/// NaN and Infinity, which Python writes: null stands in for them.
ApiJson read_json(std::string_view text);

/// Compact; bytes that are not UTF-8 are replaced.
std::string to_text(const ApiJson& json);

/// The member `name` of an object; null where there is none. Lives as long as `json`.
const ApiJson& member(const ApiJson& json, const char* name);

/// Of an array; null where there is none.
const ApiJson& first_item(const ApiJson& json);

}  // namespace assay::http
