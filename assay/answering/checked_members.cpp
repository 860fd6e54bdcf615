#include "assay/answering/checked_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/core/ascii.h"
#include "assay/core/error.h"

namespace assay::answering {
namespace {

constexpr std::array kSecrets = {"key", "api_key", "apiKey", "token"};

}  // namespace

void reject(const std::string& where, const std::string& what) { throw DataError(where + ": " + what); }

void check_members(const http::ApiJson& object, std::span<const char* const> known, const std::string& where) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end()) {
      reject(where,
             fmt::format("a key does not belong in a file: put it into an environment variable and name that as "
                         "\"key_env\", came \"{}\"",
                         name));
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      reject(where, fmt::format("expected members {}, came {}", fmt::join(known, ", "), quoted(name, 80)));
    }
  }
}

std::string text_member(const http::ApiJson& object, const char* name, const std::string& where) {
  const http::ApiJson& value = http::member(object, name);
  if (value.is_null()) return {};
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
    reject(where,
           fmt::format("expected a text that is not empty as \"{}\", came {}", name, quoted(value.dump(), 80)));
  }
  return value.get<std::string>();
}

std::optional<std::size_t> count_member(const http::ApiJson& object, const char* name, std::size_t most,
                                        const std::string& where) {
  const http::ApiJson& value = http::member(object, name);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < 1 || value.get<std::uint64_t>() > most) {
    reject(where, fmt::format("expected 1 to {} as \"{}\", came {}", most, name, quoted(value.dump(), 80)));
  }
  return value.get<std::size_t>();
}

std::optional<judge::Price> price_member(const http::ApiJson& object, const std::string& name,
                                         const std::string& where) {
  http::ApiJson price = http::member(object, "price");
  if (price.is_null()) return std::nullopt;
  if (price.is_object() && !price.contains("unit")) price["unit"] = "dollars";
  http::ApiJson list;
  list[name] = std::move(price);
  return judge::PriceList::from_json(http::to_text(list), where).of(name);
}

// What stands there may be the key itself, and is not shown.
void check_variable(const std::string& variable, const char* member, const std::string& where) {
  const auto fits = [](char c) { return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  if (std::all_of(variable.begin(), variable.end(), fits)) return;
  reject(where,
         fmt::format("expected the name of an environment variable as \"{}\": letters, digits and \"_\"; came "
                     "something else, which is not shown",
                     member));
}

}  // namespace assay::answering
