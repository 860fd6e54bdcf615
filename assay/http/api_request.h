#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "assay/http/http_client.h"

namespace assay::http {

/// \file
/// Requests to an API in the way of OpenAI's, whoever serves it:
///
///     const ApiAccess access{.url = "https://host/v1", .key = key, .headers = {header_in("X-Title: mine")}};
///     HttpRequest post = api_request(access, "chat/completions");  // POST https://host/v1/chat/completions
///     post.body = body;

/// How an API is reached. Key and values of headers are secrets: they are never kept, shown or logged.
struct ApiAccess {
  std::string url;       ///< With the version; as check_url wants it.
  std::string key = {};  ///< Bearer token, or what Azure calls api-key; empty: none is sent.
  Headers headers = {};  ///< As header_in gives them. They stand in the place of others that have their names.
  Milliseconds timeout{60'000};
};

/// A POST with JSON without its body. Throws InvalidArgument as check_url and check_request do.
HttpRequest api_request(const ApiAccess& access, std::string_view path);

/// "NAME: VALUE". Throws InvalidArgument for a name that is no token or that says how a message is sent (Host,
/// Content-Length, Transfer-Encoding and the like), and for a value that is empty or has control characters in it.
/// The message holds the name at most.
std::pair<std::string, std::string> header_in(std::string_view text);

/// Whether one of them takes the place of the key: Authorization, api-key or x-api-key.
bool has_key(const Headers& headers);

/// Whatever the case of its letters.
bool same_header(std::string_view one, std::string_view other);

}  // namespace assay::http
