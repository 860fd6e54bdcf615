#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace assay::cli {

/// An option whose value is a share: `value`, a double or an optional one, takes "0.95" and "95%" alike.
template <typename Value>
CLI::Option* add_share_option(CLI::App& app, const std::string& name, Value& value, const std::string& help);

/// "2.5%" -> "0.025"; what does not end with "%" stays as it is. Throws CLI::ValidationError if no number stands
/// before it.
std::string share_of(const std::string& text);

template <typename Value>
CLI::Option* add_share_option(CLI::App& app, const std::string& name, Value& value, const std::string& help) {
  const auto percent = [](std::string& text) {
    text = share_of(text);
    return std::string();
  };
  return app.add_option(name, value, help)->transform(CLI::Validator(percent, ""))->option_text("SHARE");
}

}  // namespace assay::cli
