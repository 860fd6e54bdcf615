#include "gateway/stream_usage.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace assay::gateway {
namespace {

using simdjson::dom::element;

constexpr std::size_t kLongestEvent = 4U << 20U;

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

bool is_empty_value(std::string_view json) {
  constexpr std::array<std::string_view, 6> kEmpty = {"null", "false", "0", "\"\"", "{}", "[]"};
  return std::find(kEmpty.begin(), kEmpty.end(), json) != kEmpty.end();
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

bool says_nothing(const element& choice, const char* name) {
  element message, content;
  if (choice[name].get(message) != simdjson::SUCCESS) return true;
  for (const char* member : {"tool_calls", "function_call", "refusal", "reasoning_content", "reasoning"}) {
    if (message[member].get(content) == simdjson::SUCCESS && !content.is_null()) return false;
  }
  if (message["content"].get(content) != simdjson::SUCCESS || content.is_null()) return true;
  std::string_view text;
  return content.get(text) == simdjson::SUCCESS && text.empty();
}

// Of a router of models whose model failed: the choice has the error in it.
bool failed_choice(const element& choice) {
  element error;
  std::string_view reason, text;
  const bool told = choice["error"].get(error) == simdjson::SUCCESS && !error.is_null();
  const bool ended = choice["finish_reason"].get(reason) == simdjson::SUCCESS && reason == "error";
  const bool no_text = choice["text"].get(text) != simdjson::SUCCESS || text.empty();
  return (told || ended) && no_text && says_nothing(choice, "message") && says_nothing(choice, "delta");
}

bool all_failed(const element& root) {
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS || choices.begin() == choices.end()) return false;
  return std::all_of(choices.begin(), choices.end(), failed_choice);
}

std::size_t after_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

// Behind the string that begins at `at`.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

std::size_t after_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = after_string(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;  // of what holds the value
      if (--depth == 0) return at + 1;
    }
    if (depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n')) return at;
    ++at;
  }
  return at;
}

constexpr std::array<std::string_view, 4> kStreamFields = {"data", "event", "id", "retry"};
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view without_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

// The value of a field's line in an event.
std::optional<std::string_view> field_in(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  return line;
}

struct EventText {
  std::string_view data = {};  // where it stands; of several lines the first
  std::string joined = {};     // several lines
  bool error = false;          // it is called so
};

EventText read_event(std::string_view event) {
  EventText text;
  for (std::size_t at = 0; at < event.size();) {
    const std::size_t end = std::min(event.find_first_of("\r\n", at), event.size());
    std::string_view line = without_mark(event.substr(at, end - at));
    at = end + 1;
    if (const auto name = field_in(line, "event")) text.error = *name == "error";
    const std::optional<std::string_view> data = field_in(line, "data");
    if (!data) continue;
    if (text.data.data() == nullptr) {
      text.data = *data;
    } else {
      if (text.joined.empty()) text.joined = text.data;
      text.joined.append("\n").append(*data);
    }
  }
  return text;
}

struct MemberAt {
  std::string_view name = {};  // between its quotes
  std::size_t begin = 0;       // of its name
  std::size_t value = 0;
  std::size_t end = 0;
  std::size_t comma_before = std::string_view::npos;
  std::size_t comma_after = std::string_view::npos;
};

// Calls `told` with each member of the object in turn. False if its end was not found.
template <typename Told>
bool each_member(std::string_view object, Told told) {
  MemberAt member;
  std::size_t at = after_blanks(object, 0) + 1;
  while (at < object.size()) {
    member.begin = after_blanks(object, at);
    if (member.begin >= object.size() || object[member.begin] != '"') break;
    const std::size_t name_end = after_string(object, member.begin);
    if (name_end < member.begin + 2) return false;
    const std::size_t colon = after_blanks(object, name_end);
    member.name = object.substr(member.begin + 1, name_end - member.begin - 2);
    member.value = after_blanks(object, colon + 1);
    member.end = after_value(object, member.value);
    const std::size_t next = after_blanks(object, member.end);
    const bool more = next < object.size() && object[next] == ',';
    member.comma_after = more ? next : std::string_view::npos;
    told(member);
    at = next;
    if (!more) break;
    member.comma_before = next;
    at = next + 1;
  }
  at = after_blanks(object, at);
  return at < object.size() && object[at] == '}' && after_blanks(object, at + 1) == object.size();
}

bool begins_with_item(std::string_view value) {
  if (!value.starts_with('[')) return false;
  const std::size_t first = after_blanks(value, 1);
  return first < value.size() && value[first] != ']';
}

// Bytes before the end of what is here in which the end of an event may begin: "\r\n\r".
constexpr std::size_t kUnsureEnd = 3;

// Behind the empty line that ends an event; npos if there is none from `from` on. Lines end with CR, LF or both. A
// CR at the very end may be the first half of both, except where the line before it ended with a CR alone.
std::size_t event_end(std::string_view text, std::size_t from) {
  constexpr std::string_view kLineEnds = "\r\n";
  for (std::size_t at = text.find_first_of(kLineEnds, from); at != std::string_view::npos;) {
    const bool both = text.substr(at).starts_with(kLineEnds);
    const std::size_t next = at + (both ? 2 : 1);
    const std::string_view rest = text.substr(next);
    if (rest.starts_with('\n') && (both || text[at] == '\n')) return next + 1;
    if (rest.starts_with(kLineEnds)) return next + 2;
    if (rest.starts_with('\r') && (rest.size() > 1 || (!both && text[at] == '\r'))) return next + 1;
    at = text.find_first_of(kLineEnds, next);
  }
  return std::string_view::npos;
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
  const bool failed = all_failed(root);
  const bool told = root["error"].get(error) == simdjson::SUCCESS && tells_error(error);
  facts.is_error = failed || told || looks_like_error(root);
  facts.has_answer = !failed && (has_items(root, "choices") || has_items(root, "data"));
  if (root["usage"].get(usage) == simdjson::SUCCESS) facts.tokens = tokens_in(usage);
  return facts;
}

ReplyFacts ReplyReader::read_from_outside(std::string_view json) {
  ReplyFacts facts;
  if (!json.substr(after_blanks(json, 0)).starts_with('{')) return facts;
  std::string_view usage;
  facts.is_object = each_member(json, [&](const MemberAt& member) {
    const std::string_view value = json.substr(member.value, member.end - member.value);
    if (member.name == "error" && !is_empty_value(value)) facts.is_error = true;
    if (member.name == "choices" || member.name == "data") facts.has_answer |= begins_with_item(value);
    if (member.name == "usage") usage = value;
  });
  if (!facts.is_object) return {};
  if (facts.is_error) facts.has_answer = false;
  element read;
  if (!usage.empty() && parser_->parser.parse(usage.data(), usage.size()).get(read) == simdjson::SUCCESS)
    facts.tokens = tokens_in(read);
  return facts;
}

void StreamUsage::take(std::string_view bytes, std::string& out) {
  if (raw_) {
    out += bytes;
    return;
  }
  std::size_t looked = 0;
  std::string joined;
  if (!rest_.empty()) {
    looked = rest_.size() - std::min(rest_.size(), kUnsureEnd);
    joined = std::exchange(rest_, {});
    bytes = joined.append(bytes);
  }
  std::size_t end = 0;
  while ((end = event_end(bytes, looked)) != std::string_view::npos) {
    event(bytes.substr(0, end), out);
    bytes.remove_prefix(end);
    looked = 0;
  }
  raw_ = bytes.size() > kLongestEvent;
  if (raw_) {
    began_ = true;
    out += bytes;
    return;
  }
  rest_ = bytes;
}

void StreamUsage::end(std::string& out) {
  const std::string last = std::exchange(rest_, {});
  if (!last.empty()) event(last, out);
}

void StreamUsage::event(std::string_view bytes, std::string& out) {
  const EventText text = read_event(bytes);
  const std::string_view data = text.data;
  const bool first = !began_ && !data.empty();
  const bool usage = text.joined.empty() && data.find("\"usage\"") != std::string_view::npos;
  if (!data.empty()) began_ = true;
  if (!first && !usage) {
    out += bytes;
    return;
  }
  const ReplyFacts facts = reader_.read(text.joined.empty() ? data : text.joined);
  if (first) bad_begin_ = text.error || !facts.is_object || facts.is_error;
  if (facts.tokens) tokens_ = facts.tokens;
  const std::optional<MemberRange> member =
      hide_ && usage && facts.is_object ? member_range(data, "usage") : std::nullopt;
  if (!member) {
    out += bytes;
    return;
  }
  if (facts.tokens && !facts.has_answer) return;
  const std::size_t offset = static_cast<std::size_t>(data.data() - bytes.data());
  out.append(bytes.substr(0, offset + member->begin)).append(bytes.substr(offset + member->end));
}

bool begins_as_stream(std::string_view body) {
  body = without_mark(body);
  body.remove_prefix(after_blanks(body, 0));
  if (body.starts_with(':')) return true;
  return std::any_of(kStreamFields.begin(), kStreamFields.end(),
                     [&](std::string_view name) { return field_in(body, name).has_value(); });
}

std::optional<MemberRange> member_range(std::string_view object, std::string_view name) {
  constexpr std::size_t kNowhere = std::string_view::npos;
  std::optional<MemberRange> found;
  each_member(object, [&](const MemberAt& member) {
    if (member.name != name) return;
    if (member.comma_before != kNowhere) {
      found = MemberRange{member.comma_before, member.end};
    } else {
      found = MemberRange{member.begin, member.comma_after == kNowhere ? member.end : member.comma_after + 1};
    }
  });
  return found;
}

}  // namespace assay::gateway
