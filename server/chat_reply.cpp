#include "server/chat_reply.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/report/json.h"

namespace assay::server {
namespace {

// With quotes around it. Nearly all texts are plain, and a tree for each would cost more than the rest of a reply.
std::string json_text(std::string_view text) {
  const bool plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7F' && c != '"' && c != '\\'; });
  if (!plain) return report::Json(text).compact();
  return fmt::format("\"{}\"", text);
}

std::string event_of(std::string_view data) { return fmt::format("data: {}\n\n", data); }

std::string usage_of(const Completion& completion) {
  return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}})", completion.tokens_in,
                     completion.tokens_out, completion.tokens_in + completion.tokens_out);
}

// Of a piece of a streamed reply.
std::string piece_of(const Completion& completion, std::string_view delta, std::string_view finish,
                     std::string_view usage) {
  return event_of(fmt::format(
      R"({{"id":"chatcmpl-{}","object":"chat.completion.chunk","created":0,"model":{},"choices":[{{"index":0,"delta":{},"finish_reason":{}}}]{}}})",
      completion.number, json_text(completion.model), delta, finish, usage));
}

}  // namespace

std::string error_body(std::string_view message, std::string_view type) {
  return fmt::format(R"({{"error":{{"message":{},"type":{}}}}})", json_text(message), json_text(type));
}

std::string completion_body(const Completion& completion) {
  return fmt::format(
      R"({{"id":"chatcmpl-{}","object":"chat.completion","created":0,"model":{},"choices":[{{"index":0,"message":{{"role":"assistant","content":{}}},"finish_reason":"{}"}}],"usage":{}}})",
      completion.number, json_text(completion.model), json_text(completion.content), completion.finish,
      usage_of(completion));
}

std::vector<std::string> completion_events(const Completion& completion) {
  std::vector<std::string> events = {piece_of(completion, R"({"role":"assistant","content":""})", "null", "")};
  constexpr std::size_t kPiece = 8;  // bytes; content is ASCII
  for (std::size_t at = 0; at < completion.content.size(); at += kPiece) {
    const std::string delta = fmt::format(R"({{"content":{}}})", json_text(completion.content.substr(at, kPiece)));
    events.push_back(piece_of(completion, delta, "null", ""));
  }
  events.push_back(
      piece_of(completion, "{}", fmt::format("\"{}\"", completion.finish), ",\"usage\":" + usage_of(completion)));
  events.push_back(event_of("[DONE]"));
  return events;
}

std::string embeddings_body(std::string_view model, const std::vector<std::vector<float>>& vectors,
                            std::size_t tokens) {
  std::string data;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    data += fmt::format(R"({}{{"object":"embedding","index":{},"embedding":[{}]}})", i == 0 ? "" : ",", i,
                        fmt::join(vectors[i], ","));
  }
  return fmt::format(
      R"({{"object":"list","data":[{}],"model":{},"usage":{{"prompt_tokens":{},"total_tokens":{}}}}})", data,
      json_text(model), tokens, tokens);
}

std::string models_body(std::string_view model) {
  return fmt::format(R"({{"object":"list","data":[{{"id":{},"object":"model","created":0,"owned_by":"assay"}}]}})",
                     json_text(model));
}

}  // namespace assay::server
