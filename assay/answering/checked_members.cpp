#include "assay/answering/checked_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "assay/core/error.h"

namespace assay::answering {
namespace {

constexpr std::array kSecrets = {"key", "api_key", "apiKey", "token"};

}  // namespace

void reject(const std::string& where, const std::string& what) { throw DataError(where + ": " + what); }

http::ApiJson checked_json(std::string_view text, const std::string& file) {
  using Json = http::ApiJson;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (http::is_too_deep(text)) reject(file, "expected JSON that is not nested so deep");
  // Of members that come twice JSON's readers take the last one, silently.
  std::vector<std::set<std::string>> open;
  const auto notice = [&](int /*depth*/, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
      reject(file, fmt::format("{} comes twice in one object", quoted(value.get<std::string>(), 80)));
    }
    return true;
  };
  try {
    return Json::parse(text, notice);
  } catch (const Json::parse_error& error) {
    const std::string_view before = text.substr(0, std::max<std::size_t>(error.byte, 1) - 1);
    const std::size_t line_begin = before.find_last_of('\n') + 1;  // npos + 1 is 0
    reject(fmt::format("{}:{}:{}", file, 1 + std::count(before.begin(), before.end(), '\n'),
                       before.size() - line_begin + 1),
           "expected JSON");
  } catch (const Json::out_of_range&) {
    reject(file, "a number is too large");
  }
}

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
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (std::all_of(variable.begin(), variable.end(), fits)) return;
  reject(where,
         fmt::format("expected the name of an environment variable as \"{}\": letters, digits and \"_\"; came "
                     "something else, which is not shown",
                     member));
}

}  // namespace assay::answering
