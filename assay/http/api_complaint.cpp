#include "assay/http/api_complaint.h"

#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/http/api_json.h"

namespace assay::http {
namespace {

// In the reply, in a list of one, in the choice; or the reply itself. Null where there is none.
const ApiJson& error_in(const ApiJson& reply) {
  if (reply.is_array() && !reply.empty()) return error_in(reply.front());
  if (const ApiJson& error = member(reply, "error"); !error.is_null()) return error;
  const ApiJson& error = member(first_item(member(reply, "choices")), "error");
  return error.is_null() && member(reply, "object") == "error" ? reply : error;
}

}  // namespace

std::string api_complaint(std::string_view body) {
  constexpr std::size_t kShown = 200;
  const ApiJson reply = read_json(body);
  const ApiJson& error = error_in(reply);
  const ApiJson& message = error.is_string() ? error : member(error, "message");
  return quoted(message.is_string() ? message.get_ref<const std::string&>() : body, kShown);
}

}  // namespace assay::http
