#include "assay/answering/candidate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "assay/answering/checked_members.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/chat_messages.h"
#include "assay/http/api_json.h"
#include "assay/http/checked_json.h"
#include "assay/http/url.h"
#include "assay/judge/command_line.h"

namespace assay::answering {
namespace {

using Json = http::ApiJson;

constexpr std::size_t kMostAtOnce = 1024;
constexpr std::array kMembers = {"name",       "model",  "url",         "key_env",
                                 "program",    "system", "temperature", "max_tokens",
                                 "extra_body", "price",  "at_once",     "max_completion_tokens"};
// What a request says by its other members.
constexpr std::array kOwnMembers = {
    "model", "messages", "stream", "n", "temperature", "max_tokens", "max_completion_tokens"};

void check_body(const Json& extra, const std::string& where) {
  if (!extra.is_object()) reject(where, "expected an object as \"extra_body\", came " + quoted(extra.dump(), 80));
  for (const char* name : kOwnMembers) {
    if (extra.contains(name))
      reject(where, fmt::format("\"extra_body\" can't have \"{}\", which is said elsewhere", name));
  }
}

void check_address(const Candidate& candidate, const std::string& where) {
  try {
    if (!candidate.url.empty()) http::check_url(candidate.url);
    if (!candidate.program.empty()) judge::split_words(candidate.program);
  } catch (const InvalidArgument& error) {
    reject(where, error.what());
  }
}

Candidate candidate_in(const Json& object, std::string name, const std::string& where) {
  if (!object.is_object())
    reject(where, "expected an object for each candidate, came " + quoted(object.dump(), 80));
  check_members(object, kMembers, where);
  Candidate candidate;
  candidate.name = name.empty() ? text_member(object, "name", where) : std::move(name);
  candidate.model = text_member(object, "model", where);
  if (candidate.name.empty()) candidate.name = candidate.model;
  if (candidate.model.empty()) candidate.model = candidate.name;
  if (candidate.name.empty()) reject(where, "expected \"name\" or \"model\", came neither");
  candidate.url = text_member(object, "url", where);
  candidate.key_env = text_member(object, "key_env", where);
  check_variable(candidate.key_env, "key_env", where);
  candidate.program = text_member(object, "program", where);
  candidate.system = text_member(object, "system", where);
  if (!candidate.program.empty()) {
    for (const char* other :
         {"url", "key_env", "temperature", "max_tokens", "max_completion_tokens", "extra_body"}) {
      if (object.contains(other)) reject(where, fmt::format("a program is asked without \"{}\"", other));
    }
  }
  check_address(candidate, where);
  constexpr std::size_t kMostTokens = 1'000'000;
  const auto tokens = count_member(object, "max_tokens", kMostTokens, where);
  const auto completion = count_member(object, "max_completion_tokens", kMostTokens, where);
  if (tokens && completion)
    reject(where, "expected one of \"max_tokens\" and \"max_completion_tokens\", came both");
  candidate.completion_tokens = completion.has_value();
  candidate.max_tokens = tokens.value_or(completion.value_or(candidate.max_tokens));
  candidate.at_once = count_member(object, "at_once", kMostAtOnce, where).value_or(candidate.at_once);
  if (const Json& value = http::member(object, "temperature"); !value.is_null()) {
    if (!value.is_number() || !(value.get<double>() >= 0 && value.get<double>() <= 2)) {
      reject(where, "expected a number from 0 to 2 as \"temperature\", came " + quoted(value.dump(), 80));
    }
    candidate.temperature = value.get<double>();
  }
  if (const Json& extra = http::member(object, "extra_body"); !extra.is_null()) {
    check_body(extra, where);
    candidate.extra_body = http::to_text(extra);
  }
  candidate.price = price_member(object, candidate.name, where);
  return candidate;
}

Json messages_json(const Candidate& candidate, std::string_view prompt, std::string_view chat) {
  std::vector<data::ChatMessage> sent;
  if (chat.empty()) {
    sent.push_back({"user", std::string(prompt)});
  } else {
    sent = data::read_messages(chat);
  }
  if (!candidate.system.empty()) {
    if (data::is_system(sent.front())) {
      sent.front().content = candidate.system + std::string(kBetweenSystems) + sent.front().content;
    } else {
      sent.insert(sent.begin(), {"system", candidate.system});
    }
  }
  Json messages = Json::array();
  for (const data::ChatMessage& one : sent) messages.push_back({{"role", one.role}, {"content", one.content}});
  return messages;
}

}  // namespace

std::vector<Candidate> read_candidates(std::string_view text, std::string_view file) {
  const std::string name = escaped(file);
  const Json whole = http::checked_json(text, file);
  const Json& listed = http::member(whole, "candidates");
  if (!listed.is_null()) {
    for (const auto& [key, value] : whole.items()) {
      if (key != "candidates" && key != "prices") {
        reject(name, fmt::format("expected \"candidates\" and perhaps \"prices\", came {}", quoted(key, 80)));
      }
    }
  }
  const Json& all = listed.is_null() ? whole : listed;
  std::vector<Candidate> candidates;
  if (all.is_array()) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      candidates.push_back(candidate_in(all[i], {}, fmt::format("{}: candidate {}", name, i + 1)));
    }
  } else if (all.is_object()) {
    for (const auto& [key, value] : all.items()) {
      const std::string where = fmt::format("{}: candidate {}", name, quoted(key, 80));
      if (value.is_object() && value.contains("name"))
        reject(where, "its name is the key already, came \"name\" too");
      candidates.push_back(candidate_in(value, key, where));
    }
  }
  if (candidates.empty()) {
    reject(name, R"(expected candidates, [{"name": ..., "model": ..., "url": ...}, ...], came none)");
  }
  std::set<std::string_view> names;
  for (const Candidate& candidate : candidates) {
    if (!names.insert(candidate.name).second) {
      reject(name, fmt::format("candidate {} comes twice", quoted(candidate.name, 80)));
    }
  }
  return candidates;
}

judge::PriceList prices_beside(std::string_view text, std::string_view file) {
  Json prices = http::member(http::checked_json(text, file), "prices");
  if (prices.is_null()) return {};
  for (auto& [model, price] : prices.items()) {
    if (price.is_object() && !price.contains("unit")) price["unit"] = "dollars";
  }
  return judge::PriceList::from_json(http::to_text(prices), fmt::format("{}: prices", file));
}

std::string settings_of(const Candidate& candidate) {
  Json settings;
  if (!candidate.program.empty()) {
    settings["program"] = candidate.program;
  } else {
    settings["model"] = candidate.model;
    settings["max_tokens"] = candidate.max_tokens;
    if (candidate.temperature) settings["temperature"] = *candidate.temperature;
    if (!candidate.extra_body.empty()) settings["extra_body"] = Json::parse(candidate.extra_body);
  }
  if (!candidate.system.empty()) settings["system"] = candidate.system;
  return http::to_text(settings);
}

std::string messages_of(const Candidate& candidate, std::string_view prompt, std::string_view chat) {
  return http::to_text(messages_json(candidate, prompt, chat));
}

std::string chat_body(const Candidate& candidate, std::string_view prompt, std::string_view chat) {
  Json body;
  body["model"] = candidate.model;
  body["messages"] = messages_json(candidate, prompt, chat);
  body[candidate.completion_tokens ? "max_completion_tokens" : "max_tokens"] = candidate.max_tokens;
  if (candidate.temperature) body["temperature"] = *candidate.temperature;
  if (!candidate.extra_body.empty()) body.update(Json::parse(candidate.extra_body));
  return http::to_text(body);
}

}  // namespace assay::answering
