#include "gateway/chat_request.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/http/api_json.h"
#include "assay/report/json.h"

namespace assay::gateway {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::string_view kUsageMember = R"("stream_options":{"include_usage":true},)";
constexpr std::string_view kUsageObject = R"({"include_usage":true})";
constexpr std::string_view kUsageFirst = R"("include_usage":true,)";
constexpr std::string_view kUsageOnly = R"("include_usage":true)";
constexpr std::string_view kTrue = "true";

// Memory of a request that is larger is given back after it.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;

[[noreturn]] void refuse(const std::string& why) { throw InvalidArgument("the body of the request: " + why); }

void check(simdjson::error_code error) {
  if (error == simdjson::SUCCESS) return;
  if (error == simdjson::UTF8_ERROR) refuse("expected UTF-8");
  if (error == simdjson::DEPTH_ERROR) refuse("it is nested too deep");
  if (error == simdjson::CAPACITY || error == simdjson::MEMALLOC) refuse("it is too large");
  refuse("expected a JSON object");
}

// The token that a value begins with, as it stands.
std::string_view token_of(ondemand::value& value) {
  const std::string_view token = value.raw_json_token();
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

// Of a member; empty if it makes no sense, which is then not one that is looked for.
std::string_view key_of(ondemand::field& field) {
  std::string_view key;
  return field.unescaped_key().get(key) == simdjson::SUCCESS ? key : std::string_view();
}

// A text of which a part is looked at.
struct Piece {
  std::size_t message = 0;
  std::string_view text;
};

// At most `most` bytes from the start, or from the end, without half a character.
std::string_view head_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}
std::string_view tail_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t begin = text.size() - most;
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) ++begin;
  return text.substr(begin);
}

// The pieces in their order, a line each; of what is too long the first half and the last.
std::string joined(std::span<const Piece> pieces, std::size_t most) {
  const std::size_t half = most / 2 - 1;  // the line end between them
  std::size_t size = pieces.empty() ? 0 : pieces.size() - 1;
  for (const Piece& piece : pieces) size += piece.text.size();
  std::string head;
  head.reserve(std::min(size, most + pieces.size()));
  const bool whole = size <= most;
  for (const Piece& piece : pieces) {
    if (!head.empty()) head += '\n';
    head += whole ? piece.text : head_of(piece.text, half - std::min(half, head.size()));
    if (!whole && head.size() >= half) break;
  }
  if (whole) return head;
  std::string tail;
  for (std::size_t i = pieces.size(); i-- > 0 && tail.size() < half;) {
    tail.insert(0, std::string(tail_of(pieces[i].text, half - tail.size())) + (tail.empty() ? "" : "\n"));
  }
  return std::string(head_of(head, half)) + '\n' + std::string(tail_of(tail, half));
}

}  // namespace

struct ChatRequestReader::Parser {
  ondemand::parser parser;
  std::vector<char> bytes;         // of the body, and what the parser may read beyond them
  std::vector<Piece> pieces;       // of users
  std::vector<Piece> prompts;      // of a completion
  std::deque<std::string> mended;  // texts that pieces point to

  std::size_t place_of(std::string_view token) const {
    return static_cast<std::size_t>(token.data() - bytes.data());
  }
  Edit edit_of(std::string_view token, std::string_view with) const {
    return {place_of(token), place_of(token) + token.size(), with};
  }

  // The text that a value is; empty if it is none.
  std::string_view text_of(ondemand::value& value) {
    const std::string_view token = token_of(value);
    if (!token.starts_with('"')) return {};
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS) return text;
    const http::ApiJson read = http::read_json(token);  // a client may have cut a character in two
    if (!read.is_string()) return {};
    return mended.emplace_back(read.get_ref<const std::string&>());
  }

  void read_part(ondemand::value& part, std::size_t message) {
    ondemand::object members;
    if (!token_of(part).starts_with('{') || part.get_object().get(members) != simdjson::SUCCESS) return;
    for (auto one : members) {
      ondemand::field field;
      check(std::move(one).get(field));
      if (key_of(field) != "text") continue;
      const std::string_view text = text_of(field.value());
      if (!text.empty()) pieces.push_back({message, text});
    }
  }

  // A text, or an array of parts of which some are texts.
  void read_content(ondemand::value& content, std::size_t message) {
    if (token_of(content).starts_with('"')) {
      pieces.push_back({message, text_of(content)});
      return;
    }
    ondemand::array parts;
    if (!token_of(content).starts_with('[') || content.get_array().get(parts) != simdjson::SUCCESS) return;
    for (auto one : parts) {
      check(one.error());
      ondemand::value part = one.value_unsafe();
      read_part(part, message);
    }
  }

  void read_message(ondemand::value& message, std::size_t number) {
    ondemand::object members;
    if (!token_of(message).starts_with('{') || message.get_object().get(members) != simdjson::SUCCESS) return;
    const std::size_t before = pieces.size();
    bool of_user = false;
    for (auto one : members) {
      ondemand::field field;
      check(std::move(one).get(field));
      const std::string_view key = key_of(field);
      if (key == "role") of_user = text_of(field.value()) == "user";
      if (key == "content") read_content(field.value(), number);
    }
    if (!of_user) pieces.resize(before);
  }

  void read_messages(ondemand::value& value) {
    ondemand::array messages;
    if (!token_of(value).starts_with('[') || value.get_array().get(messages) != simdjson::SUCCESS) return;
    pieces.clear();
    std::size_t number = 0;
    for (auto one : messages) {
      check(one.error());
      ondemand::value message = one.value_unsafe();
      read_message(message, number++);
    }
  }

  // A text, or an array of texts.
  void read_prompt(ondemand::value& value) {
    prompts.clear();
    if (token_of(value).starts_with('"')) {
      prompts.push_back({0, text_of(value)});
      return;
    }
    ondemand::array texts;
    if (!token_of(value).starts_with('[') || value.get_array().get(texts) != simdjson::SUCCESS) return;
    for (auto one : texts) {
      check(one.error());
      ondemand::value text = one.value_unsafe();
      if (token_of(text).starts_with('"')) prompts.push_back({0, text_of(text)});
    }
  }

  // Edits of this value that make it ask for usage go to `edits`. True if it asks already.
  bool read_stream_options(ondemand::value& value, std::vector<Edit>& edits) {
    const std::string_view token = token_of(value);
    if (token == "null") edits.push_back(edit_of(token, kUsageObject));
    ondemand::object members;
    if (!token.starts_with('{') || value.get_object().get(members) != simdjson::SUCCESS) return false;
    const std::size_t inside = place_of(token) + 1;
    bool asked = false, there = false, other = false;
    for (auto one : members) {
      ondemand::field field;
      check(std::move(one).get(field));
      if (key_of(field) != "include_usage") {
        other = true;
        continue;
      }
      const std::string_view flag = token_of(field.value());
      there = true;
      asked = flag == kTrue;
      // An array or an object there is nonsense, and stays so.
      if (!asked && !flag.starts_with('{') && !flag.starts_with('[')) edits.push_back(edit_of(flag, kTrue));
    }
    if (!there) edits.push_back({inside, inside, other ? kUsageFirst : kUsageOnly});
    return asked;
  }

  void read_member(ondemand::field& field, ChatRequest& request, bool& options) {
    const std::string_view key = key_of(field);
    ondemand::value& value = field.value();
    if (key == "model") {
      const std::string_view token = token_of(value);
      std::string_view name;
      if (!token.starts_with('"') || value.get_string().get(name) != simdjson::SUCCESS) {
        refuse("expected a text as \"model\"");
      }
      request.model = name;
      request.models.push_back(edit_of(token, {}));
    } else if (key == "stream") {
      request.stream = token_of(value) == kTrue;
    } else if (key == "stream_options") {
      options = token_of(value).starts_with('{') || token_of(value) == "null";
      request.usage_asked = read_stream_options(value, request.usage);
    } else if (key == "messages") {
      read_messages(value);
    } else if (key == "prompt") {
      read_prompt(value);
    }
  }

  std::string text(std::size_t most) const {
    if (pieces.empty()) return joined(prompts, most);
    // From the last message back to where there is enough.
    std::size_t begin = pieces.size(), enough = 0;
    while (begin > 0) {
      const bool same = begin < pieces.size() && pieces[begin - 1].message == pieces[begin].message;
      if (!same && enough >= kEnoughText) break;
      enough += pieces[--begin].text.size();
    }
    return joined(std::span(pieces).subspan(begin), most);
  }

  ChatRequest read(std::string_view body, std::size_t most) {
    pieces.clear();
    prompts.clear();
    mended.clear();
    bytes.resize(std::max(bytes.size(), body.size() + simdjson::SIMDJSON_PADDING));
    std::memcpy(bytes.data(), body.data(), body.size());
    std::memset(bytes.data() + body.size(), ' ', simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    check(parser.iterate(bytes.data(), body.size(), bytes.size()).get(document));
    ondemand::object members;
    check(document.get_object().get(members));
    const std::size_t inside = body.find('{') + 1;
    ChatRequest request;
    bool options = false;
    for (auto one : members) {
      ondemand::field field;
      check(std::move(one).get(field));
      read_member(field, request, options);
    }
    const char* more = nullptr;  // at the end there is no location
    if (document.current_location().get(more) == simdjson::SUCCESS) {
      refuse("expected one JSON object, came something behind it");
    }
    if (request.models.empty()) refuse("expected a text as \"model\", came none");
    if (!options) request.usage.insert(request.usage.begin(), {inside, inside, kUsageMember});
    request.text = text(most);
    return request;
  }
};

ChatRequestReader::ChatRequestReader() : parser_(std::make_unique<Parser>()) {}
ChatRequestReader::~ChatRequestReader() = default;
ChatRequestReader::ChatRequestReader(ChatRequestReader&&) noexcept = default;
ChatRequestReader& ChatRequestReader::operator=(ChatRequestReader&&) noexcept = default;

ChatRequest ChatRequestReader::read(std::string_view body, std::size_t most) {
  if (body.size() <= kKeptBytes) return parser_->read(body, most);
  Parser large;
  return large.read(body, most);
}

std::string rewritten(std::string_view body, const ChatRequest& request, std::string_view model, bool ask_usage) {
  const std::string name = report::Json(model).compact();
  std::vector<Edit> edits = request.models;
  for (Edit& edit : edits) edit.with = name;
  if (ask_usage) edits.insert(edits.end(), request.usage.begin(), request.usage.end());
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  std::string result;
  result.reserve(body.size() + edits.size() * (name.size() + kUsageMember.size()));
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    result.append(body.substr(done, edit.begin - done)).append(edit.with);
    done = edit.end;
  }
  return result.append(body.substr(done));
}

}  // namespace assay::gateway
