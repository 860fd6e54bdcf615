#include "assay/http/api_complaint.h"

#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/core/surrogates.h"

namespace assay::http {

std::string api_complaint(std::string_view body) {
  constexpr std::size_t kShown = 200;
  std::string text(body);
  mend_surrogates(text);
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto error = json.find("error");  // the end where there is no object
  if (error == json.end()) return quoted(body, kShown);
  if (error->is_string()) return quoted(error->get_ref<const std::string&>(), kShown);
  const auto message = error->find("message");
  if (message == error->end() || !message->is_string()) return quoted(body, kShown);
  return quoted(message->get_ref<const std::string&>(), kShown);
}

}  // namespace assay::http
