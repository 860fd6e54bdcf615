#include "assay/http/redaction.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace assay::http {
namespace {

constexpr std::size_t kShortestSecret = 8;

// The whole values, and the KEY of "Bearer KEY".
std::vector<std::string_view> secrets_of(const HttpRequest& request) {
  std::vector<std::string_view> secrets;
  const auto add = [&](std::string_view secret) {
    if (secret.size() >= kShortestSecret) secrets.push_back(secret);
  };
  for (const auto& [name, text] : request.headers) {
    if (name == "Content-Type" || name == "Accept") continue;
    const std::string_view value = text;
    add(value);
    if (const std::size_t blank = value.find(' '); blank != std::string_view::npos) add(value.substr(blank + 1));
  }
  return secrets;
}

// Bytes at the start of `text` that stand for `c`, itself or as JSON may write it; 0: it does not stand there.
std::size_t length_of(std::string_view text, char c) {
  const bool escape = text.size() > 1 && text[0] == '\\';
  if (escape && text[1] == c && (c == '"' || c == '\\' || c == '/')) return 2;
  if (escape && text[1] == 'u') {
    const auto code = static_cast<unsigned>(static_cast<unsigned char>(c));
    const std::string_view digits = text.substr(2, 4);
    if (digits == fmt::format("{:04x}", code) || digits == fmt::format("{:04X}", code)) return 6;
  }
  return text.starts_with(c) ? 1 : 0;
}

std::size_t length_of(std::string_view text, std::string_view secret) {
  std::size_t length = 0;
  for (const char c : secret) {
    const std::size_t more = length_of(text.substr(length), c);
    if (more == 0) return 0;
    length += more;
  }
  return length;
}

void remove_secret(std::string& text, std::string_view secret) {
  constexpr std::string_view kInstead = "[key]";
  const char begins[] = {secret.front(), '\\'};
  const std::string_view any(begins, sizeof(begins));
  for (std::size_t at = 0; (at = text.find_first_of(any, at)) != std::string::npos;) {
    const std::size_t length = length_of(std::string_view(text).substr(at), secret);
    if (length > 0) text.replace(at, length, kInstead);
    at += length > 0 ? kInstead.size() : 1;
  }
}

}  // namespace

HttpReply redacted(HttpReply reply, const HttpRequest& sent) {
  for (const std::string_view secret : secrets_of(sent)) {
    for (std::string* text : {&reply.body, &reply.content_type, &reply.detail}) remove_secret(*text, secret);
    for (auto& [name, value] : reply.rate_limits) remove_secret(value, secret);
  }
  return reply;
}

std::string redacted(std::string text, const HttpRequest& sent) {
  for (const std::string_view secret : secrets_of(sent)) remove_secret(text, secret);
  return text;
}

}  // namespace assay::http
