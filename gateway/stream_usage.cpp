#include "gateway/stream_usage.h"

#include <simdjson.h>

#include <algorithm>

namespace assay::gateway {
namespace {

using simdjson::dom::element;

constexpr std::size_t kLongestEvent = 4U << 20U;

std::optional<Tokens> tokens_in(const element& root) {
  simdjson::dom::object usage;
  if (root["usage"].get(usage) != simdjson::SUCCESS) return std::nullopt;
  Tokens tokens;
  const auto number = [&](const char* name, std::uint64_t& value) {
    return usage[name].get(value) == simdjson::SUCCESS;
  };
  const bool in = number("prompt_tokens", tokens.in);
  const bool out = number("completion_tokens", tokens.out);
  if (!in && !out) return std::nullopt;
  return tokens;
}

bool has_items(const element& root, const char* name) {
  simdjson::dom::array items;
  return root[name].get(items) == simdjson::SUCCESS && items.begin() != items.end();
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

// The data of an event, if it is one line; where it stands.
std::string_view data_of(std::string_view event) {
  std::string_view data;
  for (std::size_t at = 0; at < event.size();) {
    const std::size_t end = std::min(event.find('\n', at), event.size());
    std::string_view line = event.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("data:")) continue;
    if (data.data() != nullptr) return {};
    line.remove_prefix(5);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    data = line;
  }
  return data;
}

// Behind the empty line that ends an event; npos if there is none from `from` on.
std::size_t event_end(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find('\n', from); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1).starts_with('\n')) return at + 2;
    if (text.substr(at + 1).starts_with("\r\n")) return at + 3;
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
  ReplyFacts facts;
  element root;
  if (parser_->parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return facts;
  facts.is_object = root.is_object();
  if (!facts.is_object) return facts;
  element error;
  facts.is_error = root["error"].get(error) == simdjson::SUCCESS && !error.is_null();
  facts.has_answer = has_items(root, "choices") || has_items(root, "data");
  facts.tokens = tokens_in(root);
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
    looked = rest_.size() < 2 ? 0 : rest_.size() - 2;
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
  const std::string_view data = data_of(bytes);
  const bool first = !began_ && !data.empty();
  const bool usage = data.find("\"usage\"") != std::string_view::npos;
  if (!data.empty()) began_ = true;
  if (!first && !usage) {
    out += bytes;
    return;
  }
  const ReplyFacts facts = reader_.read(data);
  if (first) bad_begin_ = data != "[DONE]" && (!facts.is_object || facts.is_error);
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

std::optional<MemberRange> member_range(std::string_view object, std::string_view name) {
  std::optional<MemberRange> found;
  std::size_t comma = std::string_view::npos;  // before the member
  std::size_t at = after_blanks(object, 0) + 1;
  while (at < object.size()) {
    const std::size_t begin = after_blanks(object, at);
    if (begin >= object.size() || object[begin] != '"') break;
    const std::size_t name_end = after_string(object, begin);
    const std::size_t colon = after_blanks(object, name_end);
    const std::size_t end = after_value(object, after_blanks(object, colon + 1));
    const std::size_t next = after_blanks(object, end);
    const bool more = next < object.size() && object[next] == ',';
    if (object.substr(begin + 1, name_end - begin - 2) == name) {
      if (comma != std::string_view::npos) {
        found = MemberRange{comma, end};
      } else {
        found = MemberRange{begin, more ? next + 1 : end};
      }
    }
    if (!more) break;
    comma = next;
    at = next + 1;
  }
  return found;
}

}  // namespace assay::gateway
