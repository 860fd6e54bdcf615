#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace assay::http {

/// What a URL is made of; empty where it has no such part.
struct Url {
  std::string scheme, user, password, host, port, query, fragment;
};

enum class Scheme : std::uint8_t { must_be_there, may_be_guessed };  ///< Guessed for "host:3128".

/// Empty if `text` is no URL.
std::optional<Url> url_in(const std::string& text, Scheme scheme);

/// The URL of a request. Throws InvalidArgument if it is not http or https or holds a password; the message holds
/// none.
Url request_url(const std::string& text);

/// The same for the URL of an API, which is kept in the study: neither may it have "?" or "#".
void check_url(const std::string& text);

}  // namespace assay::http
