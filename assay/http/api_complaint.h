#pragma once

#include <string>
#include <string_view>

#include "assay/http/http_client.h"

namespace assay::http {

/// What an OpenAI-compatible API says is wrong, {"error": {"message": ...}} or {"error": ...}, or the beginning of
/// what it sent instead; quoted, fit for a terminal.
std::string api_complaint(std::string_view body);

/// What is probably wrong with how an endpoint was called that refused with this status, to follow the complaint:
/// "; no key was sent: ..." after 401 or 403, "; ... has no version ..." after 404 or 405 where no part of the
/// path of `url` is one, as in .../v1. Empty where nothing is known. `url`: of the API, as it was given.
std::string likely_reason(int status, const std::string& url, const HttpRequest& request);

}  // namespace assay::http
