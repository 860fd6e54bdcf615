#include "assay/http/api_request.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "assay/core/error.h"
#include "assay/http/url.h"

namespace assay::http {
namespace {

// They say how a message is sent, which the client decides.
constexpr std::array kOfTheClient = std::to_array<std::string_view>(
    {"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host",
     "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade"});

constexpr std::array kOfTheKey = std::to_array<std::string_view>({"Authorization", "api-key", "x-api-key"});

// RFC 9110, section 5.6.2
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kMarks.find(c) != std::string_view::npos;
  });
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view one) { return same_header(one, name); });
}

void set_header(Headers& headers, const std::string& name, const std::string& value) {
  std::erase_if(headers, [&](const auto& header) { return same_header(header.first, name); });
  headers.emplace_back(name, value);
}

}  // namespace

bool same_header(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::pair<std::string, std::string> header_in(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  // What has no colon may be the secret alone.
  if (colon == std::string_view::npos)
    throw InvalidArgument("expected a header as NAME: VALUE, came one without a colon");
  if (!is_token(name)) {
    throw InvalidArgument(
        "expected the name of a header before the colon, letters, digits and dashes, came something else");
  }
  if (is_one_of(name, kOfTheClient)) {
    throw InvalidArgument("expected a header that does not say how a message is sent, came " + quoted(name));
  }
  const std::string_view value = without_blanks(text.substr(colon + 1));
  if (value.empty()) throw InvalidArgument("expected a value of the header " + quoted(name) + ", came none");
  const bool control = std::any_of(value.begin(), value.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control) throw InvalidArgument("the value of the header " + quoted(name) + " has control characters in it");
  return {std::string(name), std::string(value)};
}

bool has_key(const Headers& headers) {
  return std::any_of(headers.begin(), headers.end(),
                     [](const auto& header) { return is_one_of(header.first, kOfTheKey); });
}

HttpRequest api_request(const ApiAccess& access, std::string_view path) {
  check_url(access.url);
  HttpRequest request;
  request.url = api_url(access.url, path);
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (!access.key.empty()) {
    const bool azure = is_azure(access.url);
    request.headers.emplace_back(azure ? "api-key" : "Authorization", azure ? access.key : "Bearer " + access.key);
  }
  for (const auto& [name, value] : access.headers) set_header(request.headers, name, value);
  request.connect = std::min(request.connect, access.timeout);
  request.whole = access.timeout;
  check_request(request);
  return request;
}

}  // namespace assay::http
