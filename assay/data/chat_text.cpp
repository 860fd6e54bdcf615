#include "assay/data/chat_text.h"

#include <fmt/format.h>

namespace assay::data {

std::string content_text(const JsonValue& content) {
  if (content.is_null()) return {};
  if (content.kind() != JsonKind::array) return std::string(content.string());
  std::string text;
  for (const JsonValue part : content.elements()) {
    if (part.kind() == JsonKind::string) {
      text += part.string();
    } else if (const auto words = part.find("text"); words && words->kind() == JsonKind::string) {
      text += words->string();
    }
  }
  return text;
}

void ChatText::add(const JsonValue& message) {
  const std::string_view role = message.field("role").string();
  const auto content = message.find("content");
  const std::string said = content ? content_text(*content) : std::string();
  all_ += fmt::format("{}{}: {}", count_ > 0 ? "\n\n" : "", role, said);
  ++count_;
  alone_ = count_ == 1 && role == "user";
  if (alone_) only_ = said;
}

}  // namespace assay::data
