#include "assay/http/redaction.h"

namespace assay::http {
namespace {

constexpr std::size_t kShortestKey = 8;

// "Bearer KEY" -> KEY
std::string_view key_of(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name != "Authorization") continue;
    const std::string_view key = std::string_view(value).substr(value.find(' ') + 1);
    if (key.size() >= kShortestKey) return key;
  }
  return {};
}

void remove_key(std::string& text, std::string_view key) {
  constexpr std::string_view kInstead = "[key]";
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += kInstead.size()) {
    text.replace(at, key.size(), kInstead);
  }
}

}  // namespace

HttpReply redacted(HttpReply reply, const HttpRequest& sent) {
  const std::string_view key = key_of(sent);
  if (key.empty()) return reply;
  remove_key(reply.body, key);
  remove_key(reply.content_type, key);
  remove_key(reply.detail, key);
  return reply;
}

}  // namespace assay::http
