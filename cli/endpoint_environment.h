#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "assay/http/api_request.h"

namespace assay::cli {

/// What the environment says of an OpenAI-compatible endpoint, once the options are known: the key, in
/// OPENAI_API_KEY or the variable that `key_option` names, and the URL, in OPENAI_BASE_URL, if `url` is empty.
/// OPENAI_API_KEY is left alone where `headers` have another key. Throws CLI::ValidationError if the variable was
/// named and is not set, unless nobody is to be asked (`no_key`).
void take_endpoint_environment(const CLI::App& app, const std::string& key_option, bool no_key,
                               const http::Headers& headers, std::string& url, std::string& key);

/// `option`, "--judge-header": 'NAME: VALUE', which may come several times. What is wrong is told without the
/// value.
CLI::Option* add_header_option(CLI::App& app, const std::string& option, std::function<void(http::Headers)> take);

}  // namespace assay::cli
