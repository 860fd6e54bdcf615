#include "gateway/reply_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "gateway/json_members.h"

namespace assay::gateway {
namespace {

using simdjson::dom::element;

std::optional<Tokens> tokens_in(const element& member) {
  simdjson::dom::object usage;
  if (member.get(usage) != simdjson::SUCCESS) return std::nullopt;
  Tokens tokens;
  const auto number = [&](const char* name, std::uint64_t& value) {
    // Some write 5.0. More than a request can have is a mistake, and would be told as dollars.
    constexpr double kMost = 1e9;
    double told = 0;
    if (usage[name].get(told) != simdjson::SUCCESS || told < 0 || told > kMost) return false;
    value = static_cast<std::uint64_t>(told);
    return true;
  };
  const bool in = number("prompt_tokens", tokens.in);
  const bool out = number("completion_tokens", tokens.out);
  if (!in && !out) return std::nullopt;
  return tokens;
}

// An "error" that is there but empty tells none.
bool tells_error(const element& error) {
  switch (error.type()) {
    case simdjson::dom::element_type::NULL_VALUE: return false;
    case simdjson::dom::element_type::BOOL: return bool(error);
    case simdjson::dom::element_type::STRING: return !std::string_view(error).empty();
    case simdjson::dom::element_type::ARRAY: return simdjson::dom::array(error).size() > 0;
    case simdjson::dom::element_type::OBJECT: return simdjson::dom::object(error).size() > 0;
    default: break;
  }
  double number = 1;
  return error.get(number) != simdjson::SUCCESS || number != 0;
}

bool tells_error(std::string_view value) {
  constexpr std::array<std::string_view, 7> kEmpty = {"", "null", "false", "0", "\"\"", "{}", "[]"};
  return std::find(kEmpty.begin(), kEmpty.end(), value) == kEmpty.end();
}

// What no answer or piece of one looks like: {"object": "error", ...}, {"detail": ...}, {"message": ..., "code":
// ...}.
bool looks_like_error(const element& root) {
  std::string_view object;
  if (root["object"].get(object) == simdjson::SUCCESS && object == "error") return true;
  element found;
  for (const char* member : {"choices", "data", "id", "type", "usage"}) {
    if (root[member].get(found) == simdjson::SUCCESS) return false;
  }
  return true;
}

bool has_items(const element& root, const char* name) {
  simdjson::dom::array items;
  return root[name].get(items) == simdjson::SUCCESS && items.begin() != items.end();
}

// Of a router of models whose model failed. What it said until then may stand beside the error, and is no answer.
bool failed_choice(const element& choice) {
  element error;
  std::string_view reason;
  return (choice["error"].get(error) == simdjson::SUCCESS && tells_error(error)) ||
         (choice["finish_reason"].get(reason) == simdjson::SUCCESS && reason == "error");
}

bool all_failed(const element& root) {
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS || choices.begin() == choices.end()) return false;
  return std::all_of(choices.begin(), choices.end(), failed_choice);
}

// 429, "429" or 429.0; 0 if it is no status of an error.
int error_status(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool all = error == std::errc() && end == value.data() + value.size();
  return all && number >= 400 && number < 600 && number == std::floor(number) ? static_cast<int>(number) : 0;
}

int status_of(std::string_view error) {
  int status = 0;
  each_member(error, [&](const MemberAt& member) {
    if (member.name != "code" && member.name != "status" && member.name != "status_code") return;
    if (status == 0) status = error_status(member.value);
  });
  return status;
}

}  // namespace

struct ReplyReader::Parser {
  simdjson::dom::parser parser;
};

ReplyReader::ReplyReader() : parser_(std::make_unique<Parser>()) {}

ReplyReader::~ReplyReader() = default;

ReplyFacts ReplyReader::read(std::string_view json) {
  json = without_mark(json);
  ReplyFacts facts;
  element root;
  if (parser_->parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS)
    return read_from_outside(json);
  facts.is_object = root.is_object();
  if (!facts.is_object) return facts;
  element error, usage;
  const bool told = root["error"].get(error) == simdjson::SUCCESS && tells_error(error);
  facts.is_error = told || all_failed(root) || looks_like_error(root);
  facts.has_answer = !facts.is_error && (has_items(root, "choices") || has_items(root, "data"));
  if (root["usage"].get(usage) == simdjson::SUCCESS) facts.tokens = tokens_in(usage);
  return facts;
}

ReplyFacts ReplyReader::read_from_outside(std::string_view json) {
  ReplyFacts facts;
  std::string_view usage, choice;
  bool items = false;
  facts.is_object = each_member(json, [&](const MemberAt& member) {
    if (member.name == "error" && tells_error(member.value)) facts.is_error = true;
    if (member.name == "usage") usage = member.value;
    if (member.name != "choices" && member.name != "data") return;
    const std::string_view first = first_item_text(member.value);
    items = items || !first.empty();
    if (member.name == "choices") choice = first;
  });
  if (!facts.is_object) return {};
  if (tells_error(member_text(choice, "error")) || member_text(choice, "finish_reason") == "\"error\"") {
    facts.is_error = true;
  }
  facts.has_answer = items && !facts.is_error;
  element read;
  if (!usage.empty() && parser_->parser.parse(usage.data(), usage.size()).get(read) == simdjson::SUCCESS)
    facts.tokens = tokens_in(read);
  return facts;
}

int status_told(std::string_view json) {
  json = without_mark(json);
  const std::string_view choice = first_item_text(member_text(json, "choices"));
  for (const std::string_view error : {member_text(json, "error"), member_text(choice, "error"), json}) {
    if (const int status = status_of(error); status != 0) return status;
  }
  return 0;
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace assay::gateway
