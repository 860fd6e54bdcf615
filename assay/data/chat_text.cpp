#include "assay/data/chat_text.h"

#include <utility>
#include <vector>

namespace assay::data {
namespace {

std::string content_of(const JsonValue& message) {
  const JsonValue content = message.field("content");
  if (content.is_null()) return {};
  if (content.kind() != JsonKind::array) return std::string(content.string());
  std::string text;
  for (const JsonValue part : content.parts()) {
    if (part.kind() != JsonKind::object) part.reject("a part with a text");
    const auto words = part.find("text");
    if (!words) part.reject("a part with a text; pictures and sounds can't be judged here");
    text += (text.empty() ? "" : "\n") + std::string(words->string());
  }
  return text;
}

}  // namespace

ChatText chat_text(const JsonValue& messages) {
  std::vector<std::pair<std::string, std::string>> said;
  for (const JsonValue message : messages.elements()) {
    if (message.kind() != JsonKind::object) message.reject("a message with role and content");
    said.emplace_back(message.field("role").string(), content_of(message));
  }
  ChatText result;
  if (!said.empty() && said.back().first == "assistant") {
    result.answer = std::move(said.back().second);
    said.pop_back();
  }
  if (said.empty()) messages.reject("a message of the user at least");
  if (said.size() == 1 && said.front().first == "user") {
    result.prompt = std::move(said.front().second);
    return result;
  }
  for (const auto& [role, text] : said) {
    result.prompt += (result.prompt.empty() ? "" : "\n\n") + role + ": " + text;
  }
  return result;
}

}  // namespace assay::data
