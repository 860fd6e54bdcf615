#include "assay/judge/chat_protocol.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/http/api_complaint.h"
#include "assay/http/api_json.h"
#include "assay/judge/reply_text.h"
#include "assay/judge/thoughts.h"

namespace assay::judge {
namespace {

using http::first_item;
using http::member;
using http::read_json;
using Tree = http::ApiJson;

constexpr const char* kMaxTokens = "max_tokens";
constexpr const char* kCompletionTokens = "max_completion_tokens";

Tree schema_of(PromptKind kind) {
  Tree properties;
  properties["marker"] = {{"type", "string"}};
  const char* answer = kind == PromptKind::pair ? "verdict" : "score";
  if (kind == PromptKind::pair) {
    properties[answer] = {{"type", "string"}, {"enum", {"A", "B", "TIE"}}};
  } else {
    properties[answer] = {{"type", "number"}};
  }
  return {{"type", "json_schema"},
          {"json_schema",
           {{"name", answer},
            {"strict", true},
            {"schema",
             {{"type", "object"},
              {"properties", properties},
              {"required", Tree::array({"marker", answer})},
              {"additionalProperties", false}}}}}};
}

// Whether a part of a content is what was said, and not what was thought.
bool is_said(const Tree& part) {
  const Tree& type = member(part, "type");
  if (member(part, "thought") == true) return false;
  return type.is_null() || type == "text" || type == "output_text";
}

// A text, or an array of parts of which some are texts: {"type": "text", "text": "..."}. What was thought is none.
std::string text_of(const Tree& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (content.is_array()) {
    for (const Tree& part : content) text += text_of(part);
  } else if (content.is_object() && is_said(content)) {
    const Tree& piece = member(content, "text");
    text = text_of(piece.is_object() ? member(piece, "value") : piece);
  }
  return text;
}

// Whether the message has thoughts beside its content, by any of the names that servers have for them.
bool has_thoughts(const Tree& message) {
  for (const char* name : {"reasoning_content", "reasoning", "thinking", "reasoning_details"}) {
    const Tree& thoughts = member(message, name);
    if (thoughts.is_string() ? !thoughts.get_ref<const std::string&>().empty() : !thoughts.empty()) return true;
  }
  const Tree& content = member(message, "content");
  return content.is_array() && std::any_of(content.begin(), content.end(),
                                           [](const Tree& part) { return part.is_object() && !is_said(part); });
}

std::optional<std::uint64_t> count_of(const Tree& object, const char* name) {
  const Tree& count = member(object, name);
  // Larger ones are nonsense, and would overflow sums.
  if (!count.is_number_unsigned() || count.get<std::uint64_t>() > 1'000'000'000) return std::nullopt;
  return count.get<std::uint64_t>();
}

void take_usage(const Tree& usage, ChatReply& reply) {
  reply.usage = usage_of(usage);
  reply.tokens_in = reply.usage.tokens_in;
  reply.tokens_out = reply.usage.tokens_out;
}

ChatReply failed(CallFailure failure, std::string detail) {
  ChatReply reply;
  reply.failure = failure;
  reply.detail = std::move(detail);
  return reply;
}

// The choice that was read so far: from one object, or from many pieces.
struct Gathered {
  bool any = false;
  bool thoughts = false;  // there were some, in the content or beside it
  std::string content;
  std::string refusal;
  std::string finish;
  ChatReply reply;  // its usage
};

void gather(const Tree& tree, const char* message, Gathered& gathered) {
  const Tree& choice = first_item(member(tree, "choices"));
  const Tree& said = member(choice, message);
  if (said.is_object()) {
    gathered.any = true;
    gathered.content += text_of(member(said, "content"));
    gathered.thoughts = gathered.thoughts || has_thoughts(said);
    gathered.refusal += text_of(member(said, "refusal"));
  }
  const Tree& finish = member(choice, "finish_reason");
  if (finish.is_string()) gathered.finish = finish.get<std::string>();
  const Tree& usage = member(tree, "usage");
  if (usage.is_object()) take_usage(usage, gathered.reply);
  const Tree& model = member(tree, "model");
  if (model.is_string()) gathered.reply.model = model.get_ref<const std::string&>();
}

ChatReply judged(Gathered gathered) {
  ChatReply reply = std::move(gathered.reply);
  reply.content = std::move(gathered.content);
  const std::string said = without_thoughts(reply.content);
  const bool nothing = said.find_first_not_of(kBlanks) == std::string::npos;
  const bool thoughts = gathered.thoughts || reply.content.find_first_not_of(kBlanks) != std::string::npos;
  reply.thoughts = gathered.thoughts || said.size() < reply.content.size();
  if (!gathered.any) {
    reply.failure = CallFailure::not_chat;
    reply.detail = "expected a chat completion, came a reply without choices";
  } else if (!gathered.refusal.empty() || gathered.finish == "content_filter") {
    reply.failure = CallFailure::refused;
    reply.detail =
        "the model declined: " + quoted(gathered.refusal.empty() ? gathered.finish : gathered.refusal, 200);
  } else if (gathered.finish == "length") {
    reply.failure = CallFailure::truncated;
    reply.detail = "the reply ended at the limit of tokens, `max_tokens`";
    if (nothing) reply.detail += ", before it had any content";
  } else if (nothing) {
    reply.failure = CallFailure::unreadable;
    reply.detail = thoughts ? "the reply has no content, only reasoning" : "the reply has no content";
  }
  return reply;
}

ChatReply read_events(std::string_view body) {
  Gathered gathered;
  bool done = false;
  while (!body.empty()) {
    // Lines end with CR, LF or both; then an empty one stands between.
    std::string_view line = body.substr(0, body.find_first_of("\r\n"));
    const bool whole = line.size() < body.size();
    body.remove_prefix(line.size() + (whole ? 1 : 0));
    if (!line.starts_with("data:")) continue;
    line.remove_prefix(5);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (line == "[DONE]") {
      done = true;
      continue;
    }
    const Tree tree = read_json(line);
    if (tree.is_discarded() && !whole) break;
    if (tree.is_discarded()) {
      return failed(CallFailure::not_chat, "expected JSON in a streamed reply, came " + quoted(line));
    }
    gather(tree, "delta", gathered);
  }
  if (!done && gathered.finish.empty()) {
    return failed(CallFailure::broken_off, "the streamed reply ended before it was finished");
  }
  return judged(std::move(gathered));
}

std::string_view trimmed(std::string_view text, std::string_view what) {
  const std::size_t begin = text.find_first_not_of(what);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(what) + 1 - begin);
}

}  // namespace

std::string chat_request(const ChatSettings& settings, PromptKind kind, std::string_view user_message) {
  if (settings.model.empty()) throw InvalidArgument("expected the name of the judge's model, came an empty one");
  if (settings.max_tokens < 1) throw InvalidArgument("a reply must have at least 1 token, came 0");
  if (settings.temperature && !(*settings.temperature >= 0 && *settings.temperature <= 2)) {
    throw InvalidArgument(fmt::format("the temperature must be from 0 to 2, came {:g}", *settings.temperature));
  }
  Tree body;
  body["model"] = settings.model;
  body["messages"] = Tree::array({{{"role", "user"}, {"content", std::string(user_message)}}});
  body[settings.completion_tokens ? kCompletionTokens : kMaxTokens] = settings.max_tokens;
  if (settings.temperature) body["temperature"] = *settings.temperature;
  if (settings.reply == ReplyKind::json) body["response_format"] = schema_of(kind);
  return http::to_text(body);
}

std::optional<ChatRequest> read_chat_request(std::string_view body) {
  const Tree tree = read_json(body);
  const Tree& model = member(tree, "model");
  const Tree& messages = member(tree, "messages");
  if (!model.is_string() || !messages.is_array()) return std::nullopt;
  ChatRequest request;
  request.model = model.get<std::string>();
  bool asked = false;
  for (const Tree& message : messages) {
    if (member(message, "role") != "user") continue;
    request.user_message = text_of(member(message, "content"));
    asked = true;
  }
  if (!asked) return std::nullopt;
  request.max_tokens = count_of(tree, kMaxTokens).value_or(count_of(tree, kCompletionTokens).value_or(0));
  request.stream = member(tree, "stream") == true;
  request.reply = member(tree, "response_format").is_object() ? ReplyKind::json : ReplyKind::line;
  return request;
}

ChatReply read_chat_reply(int status, std::string_view content_type, std::string_view body) {
  if (status != 200) {
    const CallFailure failure = status == 429                   ? CallFailure::rate_limited
                                : status >= 500 && status < 600 ? CallFailure::server_error
                                                                : CallFailure::rejected;
    return failed(failure, fmt::format("expected HTTP status 200, came {}: {}", status, http::api_complaint(body)));
  }
  const std::string_view type = trimmed(content_type.substr(0, content_type.find(';')), kBlanks);
  if (type == "text/event-stream") return read_events(body);
  const Tree tree = read_json(body);
  if (!tree.is_object() && !type.empty() && type != "application/json" && !type.ends_with("+json")) {
    return failed(CallFailure::not_chat, "expected JSON, came content of type " + quoted(type));
  }
  if (tree.is_discarded()) return failed(CallFailure::not_chat, "expected JSON, came " + quoted(body));
  Gathered gathered;
  gather(tree, "message", gathered);
  if (!gathered.any && !member(tree, "error").is_null()) {
    return failed(CallFailure::not_chat, "expected a chat completion, came an error: " + http::api_complaint(body));
  }
  return judged(std::move(gathered));
}

}  // namespace assay::judge
