#include "assay/http/api_complaint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/http/api_json.h"

namespace assay::http {
namespace {

// In the reply, in a list of one, in the choice; or the reply itself. Null where there is none.
const ApiJson& error_in(const ApiJson& reply) {
  if (reply.is_array() && !reply.empty()) return error_in(reply.front());
  if (const ApiJson& error = member(reply, "error"); !error.is_null()) return error;
  const ApiJson& error = member(first_item(member(reply, "choices")), "error");
  return error.is_null() && member(reply, "object") == "error" ? reply : error;
}

// Whether a part of the path is "v1", "v4", "v1beta" or the like.
bool has_version(const std::string& url) {
  if (url.find("api-version=") != std::string::npos) return true;  // Azure's
  const std::size_t host = url.find("://");
  for (std::size_t at = url.find('/', host == std::string::npos ? 0 : host + 3); at != std::string::npos;
       at = url.find('/', at + 1)) {
    const bool version = at + 2 < url.size() && url[at + 1] == 'v' && url[at + 2] >= '0' && url[at + 2] <= '9';
    if (version) return true;
  }
  return false;
}

bool has_key(const HttpRequest& request) {
  // What else a caller sends may be one, whatever it is called: "api-key", "x-api-key".
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const auto& header) { return header.first != "Content-Type" && header.first != "Accept"; });
}

}  // namespace

std::string likely_reason(int status, const std::string& url, const HttpRequest& request) {
  constexpr int kUnauthorized = 401, kForbidden = 403, kNotFound = 404, kNotAllowed = 405;
  if ((status == kUnauthorized || status == kForbidden) && !has_key(request)) {
    return "; no key was sent: it is taken from OPENAI_API_KEY, or from the variable that you name (of a candidate "
           "\"key_env\")";
  }
  if ((status == kNotFound || status == kNotAllowed) && !has_version(url)) {
    return "; " + quoted(url) + " has no version: most APIs want one at its end, as in https://api.openai.com/v1";
  }
  return {};
}

std::string api_complaint(std::string_view body) {
  constexpr std::size_t kShown = 200;
  const ApiJson reply = read_json(body);
  const ApiJson& error = error_in(reply);
  const ApiJson& message = error.is_string() ? error : member(error, "message");
  return quoted(message.is_string() ? message.get_ref<const std::string&>() : body, kShown);
}

}  // namespace assay::http
