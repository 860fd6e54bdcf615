#include "server/chat_body.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "assay/core/surrogates.h"

namespace assay::server {
namespace {

using simdjson::dom::element;

bool text_at(const element& object, std::string_view name, std::string& text) {
  std::string_view value;
  if (object[name].get(value) != simdjson::SUCCESS) return false;
  text = value;
  return true;
}

// A text, or an array of parts of which some are texts.
std::string content_of(const element& message) {
  std::string text;
  if (text_at(message, "content", text)) return text;
  simdjson::dom::array parts;
  if (message["content"].get(parts) != simdjson::SUCCESS) return text;
  for (const element part : parts) {
    std::string piece;
    if (part.is_object() && text_at(part, "text", piece)) text += piece;
  }
  return text;
}

}  // namespace

struct BodyReader::Parser {
  simdjson::dom::parser parser;

  // Also where a client cut a character in two.
  bool object(std::string_view body, element& root) {
    simdjson::error_code error = parser.parse(body.data(), body.size()).get(root);
    if (error == simdjson::STRING_ERROR) {
      std::string mended(body);
      if (mend_surrogates(mended) > 0) error = parser.parse(mended).get(root);
    }
    return error == simdjson::SUCCESS && root.is_object();
  }
};

BodyReader::BodyReader() : parser_(std::make_unique<Parser>()) {}
BodyReader::~BodyReader() = default;

std::optional<ChatBody> BodyReader::chat(std::string_view body) {
  element root;
  if (!parser_->object(body, root)) return std::nullopt;
  ChatBody result;
  simdjson::dom::array messages;
  if (!text_at(root, "model", result.model) || root["messages"].get(messages) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  for (const element message : messages) {
    std::string role;
    if (!message.is_object() || !text_at(message, "role", role)) continue;
    result.messages.push_back({std::move(role), content_of(message)});
  }
  const auto last = std::ranges::find(result.messages.rbegin(), result.messages.rend(), std::string_view("user"),
                                      &data::ChatMessage::role);
  if (last == result.messages.rend()) return std::nullopt;
  result.user_message = last->content;
  if (root["stream"].get(result.stream) != simdjson::SUCCESS) result.stream = false;
  return result;
}

std::optional<EmbeddingsBody> BodyReader::embeddings(std::string_view body) {
  element root;
  if (!parser_->object(body, root)) return std::nullopt;
  EmbeddingsBody result;
  if (!text_at(root, "model", result.model)) return std::nullopt;
  std::string text;
  if (text_at(root, "input", text)) {
    result.inputs.push_back(std::move(text));
    return result;
  }
  simdjson::dom::array inputs;
  if (root["input"].get(inputs) != simdjson::SUCCESS) return std::nullopt;
  for (const element input : inputs) {
    std::string_view value;
    if (input.get(value) != simdjson::SUCCESS) return std::nullopt;
    result.inputs.emplace_back(value);
  }
  return result.inputs.empty() ? std::nullopt : std::optional(std::move(result));
}

}  // namespace assay::server
