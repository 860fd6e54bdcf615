#include "assay/data/chat_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/byte_source.h"
#include "assay/data/field_values.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr std::array<std::string_view, 4> kRoles = {"system", "developer", "user", "assistant"};
// Of parts that are texts. Without a type, the text tells.
constexpr std::array<std::string_view, 3> kTextTypes = {"text", "input_text", "output_text"};
// What a message may say beside its content, which would be lost.
constexpr std::array<std::string_view, 3> kUnsaid = {"tool_calls", "function_call", "audio"};

constexpr std::string_view kNotSent =
    "a chat with more than texts of system, user and assistant, the user's last: kept as one text";

void expect_text(const JsonValue& part) {
  constexpr std::string_view kExpected = "a part with a text; pictures and sounds can't be sent or judged here";
  if (part.kind() == JsonKind::string) return;
  if (part.kind() != JsonKind::object) part.reject(kExpected);
  const auto type = known_field(part, "type");
  const auto text = known_field(part, "text");
  const bool told = !type || (type->kind() == JsonKind::string &&
                              std::ranges::find(kTextTypes, type->string()) != kTextTypes.end());
  if (!told || !text || text->kind() != JsonKind::string) part.reject(kExpected);
}

}  // namespace

bool is_system(const ChatMessage& message) { return message.role == "system" || message.role == "developer"; }

ChatMessage sent_message(const JsonValue& message) {
  if (message.kind() != JsonKind::object) message.reject("a message with role and content");
  const JsonValue role = message.field("role");
  if (std::ranges::find(kRoles, role.string()) == kRoles.end()) {
    role.reject(R"("system", "developer", "user" or "assistant")");
  }
  for (const std::string_view key : kUnsaid) {
    const auto value = known_field(message, key);
    const bool empty = !value || (value->kind() == JsonKind::array && value->parts().empty());
    if (empty) continue;
    throw DataError(value->where(), fmt::format("expected a message of text alone, came {}: calls of tools and "
                                                "sounds can't be sent or judged here",
                                                quoted(key)));
  }
  const JsonValue content = message.field("content");
  if (content.kind() == JsonKind::array) {
    for (const JsonValue part : content.parts()) expect_text(part);
  }
  return {std::string(role.string()), message_text(content)};
}

SentChat sent_chat(const JsonValue& list) {
  SentChat chat;
  for (const JsonValue message : list.elements()) chat.messages.push_back(sent_message(message));
  if (!chat.messages.empty() && chat.messages.back().role == "assistant") {
    chat.answer = std::move(chat.messages.back().content);
    chat.messages.pop_back();
  }
  if (chat.messages.empty() || chat.messages.back().role != "user") {
    list.reject("a message of the user at the end, before an answer,");
  }
  return chat;
}

std::string SentChat::text() const {
  ChatTranscript transcript;
  for (const ChatMessage& message : messages) transcript.add(message.role, message.content);
  return transcript.text();
}

std::string messages_json(std::span<const ChatMessage> messages, std::string_view text) {
  if (messages.empty()) return {};
  if (messages.size() == 1 && messages[0].role == "user" && messages[0].content == text) return {};
  std::string json = "[";
  for (const ChatMessage& message : messages) {
    json += json.size() > 1 ? ",{\"role\":" : "{\"role\":";
    append_json_string(message.role, json);
    json += ",\"content\":";
    append_json_string(message.content, json);
    json += '}';
  }
  return json + "]";
}

std::vector<ChatMessage> read_messages(std::string_view json) {
  std::vector<ChatMessage> messages;
  std::vector<char> buffer;
  const auto source = memory_source("messages of a chat", json);
  read_json_array(*source, buffer, JsonRules{},
                  [&](const JsonValue& message) { messages.push_back(sent_message(message)); });
  if (messages.empty()) throw DataError({source->path(), 1}, "expected messages, came none");
  return messages;
}

void LoggedChat::add(const JsonValue& message) {
  if (!fits_) return;
  try {
    messages_.push_back(sent_message(message));
  } catch (const DataError&) {
    fits_ = false;  // told by `messages`, once for the chat
  }
}

std::vector<ChatMessage> LoggedChat::messages(RecordSink& notes, const Location& where) const {
  if (fits_ && !messages_.empty() && messages_.back().role == "user") return messages_;
  notes.note(kNotSent, where);
  return {};
}

std::optional<WrittenChat> written_chat(std::string_view text) {
  // Quickly, as most prompts are none.
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || text[begin] != '[') return std::nullopt;
  WrittenChat written;
  ChatTranscript transcript;
  try {
    std::vector<char> buffer;
    const auto source = memory_source("messages", text);
    read_json_array(*source, buffer, JsonRules{}, [&](const JsonValue& message) {
      transcript.add(message);
      written.chat.add(message);
    });
  } catch (const DataError&) {
    return std::nullopt;
  }
  written.text = transcript.text();
  if (transcript.empty()) return std::nullopt;
  return written;
}

}  // namespace assay::data
