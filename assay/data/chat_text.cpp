#include "assay/data/chat_text.h"

#include <fmt/format.h>

#include <vector>

namespace assay::data {
namespace {

void expect_texts(const JsonValue& message) {
  const JsonValue content = message.field("content");
  if (content.kind() != JsonKind::array) return;
  for (const JsonValue part : content.parts()) {
    if (part.kind() == JsonKind::object && part.find("text")) continue;
    part.reject("a part with a text; pictures and sounds can't be judged here");
  }
}

}  // namespace

std::string message_text(const JsonValue& content) {
  if (content.is_null()) return {};
  if (content.kind() != JsonKind::array) return std::string(content.string());
  std::string text;
  for (const JsonValue part : content.elements()) {
    std::string_view words;
    if (part.kind() == JsonKind::string) {
      words = part.string();
    } else if (const auto said = part.find("text"); said && said->kind() == JsonKind::string) {
      words = said->string();
    } else {
      continue;
    }
    text += (text.empty() ? "" : "\n") + std::string(words);
  }
  return text;
}

void ChatTranscript::add(const JsonValue& message) {
  const std::string_view role = message.field("role").string();
  const auto content = message.find("content");
  const std::string said = content ? message_text(*content) : std::string();
  all_ += fmt::format("{}{}: {}", count_ > 0 ? "\n\n" : "", role, said);
  ++count_;
  alone_ = count_ == 1 && role == "user";
  if (alone_) only_ = said;
}

ChatText chat_text(const JsonValue& messages) {
  std::vector<JsonValue> all;
  for (const JsonValue message : messages.elements()) {
    if (message.kind() != JsonKind::object) message.reject("a message with role and content");
    expect_texts(message);
    all.push_back(message);
  }
  ChatText result;
  if (!all.empty() && all.back().field("role").string() == "assistant") {
    result.answer = message_text(all.back().field("content"));
    all.pop_back();
  }
  if (all.empty()) messages.reject("a message of the user at least");
  ChatTranscript transcript;
  for (const JsonValue& message : all) transcript.add(message);
  result.prompt = transcript.text();
  return result;
}

}  // namespace assay::data
