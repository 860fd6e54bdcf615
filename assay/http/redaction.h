#pragma once

#include <string>

#include "assay/http/http_client.h"

namespace assay::http {

/// `reply` without the secrets that `sent` had in its headers: some servers put the key into what they complain,
/// and that is kept and shown. "[key]" stands in the place of a value, also where JSON writes it with escapes.
/// Every header may hold a secret but Content-Type and Accept. A value of fewer than 8 bytes is none, but a word
/// like EMPTY for servers that want something, and stays.
HttpReply redacted(HttpReply reply, const HttpRequest& sent);

/// The same of a text that was put together from a reply's pieces.
std::string redacted(std::string text, const HttpRequest& sent);

}  // namespace assay::http
