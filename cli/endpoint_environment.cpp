#include "cli/endpoint_environment.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "assay/core/error.h"

namespace assay::cli {

void take_endpoint_environment(const CLI::App& app, const std::string& key_option, bool no_key,
                               const http::Headers& headers, std::string& url, std::string& key) {
  const CLI::Option* named = app.get_option(key_option);
  const std::string variable = named->count() > 0 ? named->as<std::string>() : "OPENAI_API_KEY";
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr && named->count() > 0 && !no_key) {
    throw CLI::ValidationError(key_option,
                               "expected the name of a variable that is set, came " + assay::quoted(variable));
  }
  if (value != nullptr && (named->count() > 0 || !http::has_key(headers))) key = value;
  const char* address = std::getenv("OPENAI_BASE_URL");
  if (url.empty() && address != nullptr) url = address;
}

CLI::Option* add_header_option(CLI::App& app, const std::string& option, std::function<void(http::Headers)> take) {
  const auto read = [option, take = std::move(take)](const std::vector<std::string>& texts) {
    http::Headers headers;
    for (const std::string& text : texts) {
      try {
        headers.push_back(http::header_in(text));
      } catch (const InvalidArgument& error) {
        throw CLI::ValidationError(option, error.what());
      }
    }
    take(std::move(headers));
  };
  return app
      .add_option_function<std::vector<std::string>>(
          option, read,
          "Header of each request, for instance 'X-Title: my tests'; may come several times, never kept")
      ->option_text("'NAME: VALUE'")
      ->allow_extra_args(false);
}

}  // namespace assay::cli
