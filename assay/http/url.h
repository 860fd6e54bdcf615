#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay::http {

/// What a URL is made of; empty where it has no such part.
struct Url {
  std::string scheme, user, password, host, port, query, fragment;
};

enum class Scheme : std::uint8_t { must_be_there, may_be_guessed };  ///< Guessed for "host:3128".

/// Empty if `text` is no URL.
std::optional<Url> url_in(const std::string& text, Scheme scheme);

/// Why a URL may hold no secret, at the end of a message.
inline constexpr std::string_view kUrlIsKept = "a URL is kept in the study";

/// The URL of a request. Throws InvalidArgument if it is not http or https or holds a password; the message holds
/// none.
Url request_url(const std::string& text, std::string_view why = kUrlIsKept);

/// The same for the URL of an API. It stands where secrets do not belong, and so it may have no "#", and of what
/// may stand after "?" only the version that Azure wants: "?api-version=2024-10-21".
void check_url(const std::string& text, std::string_view why = kUrlIsKept);

/// Where the operation `path` of an API is: before what stands after "?". A URL that ends with it already stays.
///
///     api_url("https://x.openai.azure.com/openai/deployments/d?api-version=1", "chat/completions")
///         == "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1"
std::string api_url(std::string_view url, std::string_view path);

/// Whether the API is Azure's, which wants its key in the header api-key: the host is below openai.azure.com or
/// services.ai.azure.com, or the URL has an api-version.
bool is_azure(const std::string& url);

}  // namespace assay::http
