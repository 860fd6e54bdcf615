#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/http/api_json.h"
#include "assay/judge/prices.h"

namespace assay::answering {

/// \file
/// JSON that people write to say which models are asked, checked member by member:
///
///     const http::ApiJson whole = http::checked_json(text, "models.json");
///     check_members(whole, kMembers, "models.json");
///     const std::string url = text_member(whole, "url", "models.json");
///
/// `where` is the place that a message begins with, fit for people.

/// Throws DataError: `where`, a colon, `what`.
[[noreturn]] void reject(const std::string& where, const std::string& what);

/// Throws DataError for a member that is not in `known`, or under which a key stands.
void check_members(const http::ApiJson& object, std::span<const char* const> known, const std::string& where);

/// A text that is not empty; empty if there is no such member. Throws DataError for anything else.
std::string text_member(const http::ApiJson& object, const char* name, const std::string& where);

/// 1 to `most`; none if there is no such member. Throws DataError for anything else.
std::optional<std::size_t> count_member(const http::ApiJson& object, const char* name, std::size_t most,
                                        const std::string& where);

/// The member "price" of the model `name`, in dollars unless a unit is told.
std::optional<judge::Price> price_member(const http::ApiJson& object, const std::string& name,
                                         const std::string& where);

/// Throws DataError, which does not show it, unless `variable` is the name of an environment variable or empty.
void check_variable(const std::string& variable, const char* member, const std::string& where);

}  // namespace assay::answering
