#include "assay/http/api_json.h"

#include <nlohmann/json.hpp>

#include "assay/core/surrogates.h"

namespace assay::http {
namespace {

const ApiJson kNull;

}  // namespace

ApiJson read_json(std::string_view text) {
  ApiJson json = ApiJson::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_discarded() || !may_have_surrogates(text)) return json;
  std::string mended(text);
  mend_surrogates(mended);
  return ApiJson::parse(mended, nullptr, /*allow_exceptions=*/false);
}

std::string to_text(const ApiJson& json) { return json.dump(-1, ' ', false, ApiJson::error_handler_t::replace); }

const ApiJson& member(const ApiJson& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() ? kNull : *found;
}

const ApiJson& first_item(const ApiJson& json) { return json.is_array() && !json.empty() ? json.front() : kNull; }

}  // namespace assay::http
