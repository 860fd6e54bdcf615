#include "assay/http/url.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "assay/core/ascii.h"
#include "assay/core/error.h"

namespace assay::http {
namespace {

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

constexpr std::string_view kVersion = "api-version=";

// "api-version=2024-10-21", and too short for a secret.
bool is_version(std::string_view query) {
  constexpr std::size_t kLongest = 32;
  if (!query.starts_with(kVersion)) return false;
  query.remove_prefix(kVersion.size());
  return !query.empty() && query.size() <= kLongest && std::all_of(query.begin(), query.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  });
}

}  // namespace

std::optional<Url> url_in(const std::string& text, Scheme scheme) {
  if (text.find('\0') != std::string::npos) return std::nullopt;
  const std::unique_ptr<CURLU, UrlCloser> parsed(curl_url());
  const unsigned flags =
      CURLU_NON_SUPPORT_SCHEME | (scheme == Scheme::may_be_guessed ? unsigned{CURLU_DEFAULT_SCHEME} : 0U);
  if (curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), flags) != CURLUE_OK) return std::nullopt;
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    std::string result;
    if (curl_url_get(parsed.get(), which, &value, 0) == CURLUE_OK) result = value;
    curl_free(value);
    return result;
  };
  return Url{part(CURLUPART_SCHEME), part(CURLUPART_USER),  part(CURLUPART_PASSWORD), part(CURLUPART_HOST),
             part(CURLUPART_PORT),   part(CURLUPART_QUERY), part(CURLUPART_FRAGMENT)};
}

Url request_url(const std::string& text, std::string_view why) {
  std::optional<Url> url = url_in(text, Scheme::must_be_there);
  // The URL itself may hold a password.
  if (!url) throw InvalidArgument("expected a URL like https://host/v1, came one that can't be read");
  if (!url->user.empty() || !url->password.empty()) {
    throw InvalidArgument(fmt::format("expected a URL without user and password, came one with them: {}", why));
  }
  if (url->scheme != "http" && url->scheme != "https") {
    throw InvalidArgument("expected a URL that begins with http:// or https://, came " + quoted(url->scheme) +
                          "://");
  }
  return *url;
}

void check_url(const std::string& text, std::string_view why) {
  const Url url = request_url(text, why);
  if (url.fragment.empty() && (url.query.empty() || is_version(url.query))) return;
  throw InvalidArgument(fmt::format(
      R"(expected a URL without "?" and "#", but for ?api-version=VERSION, came one with them: {})", why));
}

std::string api_url(std::string_view url, std::string_view path) {
  const std::size_t end = std::min(url.find('?'), url.size());
  std::string_view base = url.substr(0, end);
  if (base.ends_with('/')) base.remove_suffix(1);
  std::string whole(base);
  const bool there = base.ends_with(path) && base.substr(0, base.size() - path.size()).ends_with('/');
  if (!there) whole.append("/").append(path);
  return whole.append(url.substr(end));
}

bool is_azure(const std::string& text) {
  const std::optional<Url> url = url_in(text, Scheme::must_be_there);
  if (!url) return false;
  const std::string host = ascii_lower(url->host);
  return host.ends_with(".openai.azure.com") || host.ends_with(".services.ai.azure.com") ||
         ("&" + ascii_lower(url->query)).find("&" + std::string(kVersion)) != std::string::npos;
}

}  // namespace assay::http
