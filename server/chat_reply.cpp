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

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 429: return "Too Many Requests";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

std::string chunk_of(std::string_view event) {
  const std::string line = fmt::format("data: {}\n\n", event);
  return fmt::format("{:x}\r\n{}\r\n", line.size(), line);
}

std::string usage_of(const Completion& completion) {
  return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}})", completion.tokens_in,
                     completion.tokens_out, completion.tokens_in + completion.tokens_out);
}

// Of a piece of a streamed reply.
std::string piece_of(const Completion& completion, std::string_view delta, std::string_view finish,
                     std::string_view usage) {
  return chunk_of(fmt::format(
      R"({{"id":"chatcmpl-{}","object":"chat.completion.chunk","created":0,"model":{},"choices":[{{"index":0,"delta":{},"finish_reason":{}}}]{}}})",
      completion.number, json_text(completion.model), delta, finish, usage));
}

}  // namespace

std::string http_response(int status, std::string_view content_type, std::string_view body,
                          std::string_view more_headers) {
  return fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}\r\n{}", status, reason(status),
                     content_type, body.size(), more_headers, body);
}

std::string error_body(std::string_view message, std::string_view type) {
  return fmt::format(R"({{"error":{{"message":{},"type":{}}}}})", json_text(message), json_text(type));
}

std::string completion_body(const Completion& completion) {
  return fmt::format(
      R"({{"id":"chatcmpl-{}","object":"chat.completion","created":0,"model":{},"choices":[{{"index":0,"message":{{"role":"assistant","content":{}}},"finish_reason":"{}"}}],"usage":{}}})",
      completion.number, json_text(completion.model), json_text(completion.content), completion.finish,
      usage_of(completion));
}

std::string completion_stream(const Completion& completion) {
  std::string response =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  response += piece_of(completion, R"({"role":"assistant","content":""})", "null", "");
  constexpr std::size_t kPiece = 8;  // bytes; content is ASCII
  for (std::size_t at = 0; at < completion.content.size(); at += kPiece) {
    const std::string delta = fmt::format(R"({{"content":{}}})", json_text(completion.content.substr(at, kPiece)));
    response += piece_of(completion, delta, "null", "");
  }
  response +=
      piece_of(completion, "{}", fmt::format("\"{}\"", completion.finish), ",\"usage\":" + usage_of(completion));
  return response + chunk_of("[DONE]") + "0\r\n\r\n";
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
