#pragma once

#include <string>
#include <string_view>

namespace assay::http {

/// What an OpenAI-compatible API says is wrong, {"error": {"message": ...}} or {"error": ...}, or the beginning of
/// what it sent instead; quoted, fit for a terminal.
std::string api_complaint(std::string_view body);

}  // namespace assay::http
