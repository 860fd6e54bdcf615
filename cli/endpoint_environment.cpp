#include "cli/endpoint_environment.h"

#include <cstdlib>

#include "assay/core/error.h"

namespace assay::cli {

void take_endpoint_environment(const CLI::App& app, const std::string& key_option, bool no_key, std::string& url,
                               std::string& key) {
  const CLI::Option* named = app.get_option(key_option);
  const std::string variable = named->count() > 0 ? named->as<std::string>() : "OPENAI_API_KEY";
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr && named->count() > 0 && !no_key) {
    throw CLI::ValidationError(key_option,
                               "expected the name of a variable that is set, came " + assay::quoted(variable));
  }
  if (value != nullptr) key = value;
  const char* address = std::getenv("OPENAI_BASE_URL");
  if (url.empty() && address != nullptr) url = address;
}

}  // namespace assay::cli
