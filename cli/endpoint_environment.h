#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace assay::cli {

/// What the environment says of an OpenAI-compatible endpoint, once the options are known: the key, in
/// OPENAI_API_KEY or the variable that `key_option` names, and the URL, in OPENAI_BASE_URL, if `url` is empty.
/// Throws CLI::ValidationError if the variable was named and is not set, unless nobody is to be asked (`no_key`).
void take_endpoint_environment(const CLI::App& app, const std::string& key_option, bool no_key, std::string& url,
                               std::string& key);

}  // namespace assay::cli
