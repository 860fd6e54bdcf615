#include "assay/http/url.h"

#include <curl/curl.h>

#include <memory>

#include "assay/core/error.h"

namespace assay::http {
namespace {

struct UrlCloser {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

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

Url request_url(const std::string& text) {
  std::optional<Url> url = url_in(text, Scheme::must_be_there);
  // The URL itself may hold a password.
  if (!url) throw InvalidArgument("expected a URL like https://host/v1, came one that can't be read");
  if (!url->user.empty() || !url->password.empty()) {
    throw InvalidArgument(
        "expected a URL without user and password, came one with them: a URL is kept in the study");
  }
  if (url->scheme != "http" && url->scheme != "https") {
    throw InvalidArgument("expected a URL that begins with http:// or https://, came " + quoted(url->scheme) +
                          "://");
  }
  return *url;
}

void check_url(const std::string& text) {
  const Url url = request_url(text);
  if (url.query.empty() && url.fragment.empty()) return;
  throw InvalidArgument("expected a URL without \"?\" and \"#\", came one with them: a URL is kept in the study");
}

}  // namespace assay::http
