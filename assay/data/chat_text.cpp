#include "assay/data/chat_text.h"

#include <fmt/format.h>

namespace assay::data {

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
  add(role, content ? message_text(*content) : std::string());
}

void ChatTranscript::add(std::string_view role, std::string_view said) {
  all_ += fmt::format("{}{}: {}", count_ > 0 ? "\n\n" : "", role, said);
  ++count_;
  alone_ = count_ == 1 && role == "user";
  if (alone_) only_ = said;
}

}  // namespace assay::data
