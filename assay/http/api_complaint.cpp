#include "assay/http/api_complaint.h"

#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/core/surrogates.h"

namespace assay::http {
namespace {

using Json = nlohmann::json;

const Json* member_named(const Json& tree, const char* name) {
  const auto found = tree.find(name);  // the end where there is no object
  return found == tree.end() || found->is_null() ? nullptr : &*found;
}

// In the reply, in a list of one, in the choice; or the reply itself.
const Json* error_in(const Json& tree) {
  if (tree.is_array() && !tree.empty()) return error_in(tree.front());
  if (const Json* error = member_named(tree, "error")) return error;
  const Json* choices = member_named(tree, "choices");
  if (choices != nullptr && choices->is_array() && !choices->empty()) {
    if (const Json* error = member_named(choices->front(), "error")) return error;
  }
  const Json* object = member_named(tree, "object");
  return object != nullptr && *object == "error" ? &tree : nullptr;
}

}  // namespace

std::string api_complaint(std::string_view body) {
  constexpr std::size_t kShown = 200;
  std::string text(body);
  mend_surrogates(text);
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const Json* error = error_in(json);
  if (error == nullptr) return quoted(body, kShown);
  if (error->is_string()) return quoted(error->get_ref<const std::string&>(), kShown);
  const auto message = error->find("message");
  if (message == error->end() || !message->is_string()) return quoted(body, kShown);
  return quoted(message->get_ref<const std::string&>(), kShown);
}

}  // namespace assay::http
