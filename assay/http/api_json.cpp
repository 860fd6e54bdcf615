#include "assay/http/api_json.h"

#include <array>
#include <nlohmann/json.hpp>

#include "assay/core/surrogates.h"

namespace assay::http {
namespace {

const ApiJson kNull;

// With null for NaN, Infinity and -Infinity outside of texts; empty if there is none.
std::string without_infinite(std::string_view text) {
  constexpr std::array<std::string_view, 3> kWords = {"NaN", "Infinity", "-Infinity"};
  std::string result;
  std::size_t done = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\') ++i;
    if (c == '"') in_text = !in_text;
    if (in_text || (c != 'N' && c != 'I' && c != '-')) continue;
    for (const std::string_view word : kWords) {
      if (!text.substr(i).starts_with(word)) continue;
      result.append(text.substr(done, i - done)).append("null");
      done = i + word.size();
      i = done - 1;
      break;
    }
  }
  return done == 0 ? result : result.append(text.substr(done));
}

// A tree is walked, copied and destroyed by recursion.
constexpr std::size_t kDeepest = 512;

}  // namespace

bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return false;
}

ApiJson read_json(std::string_view text) {
  if (is_too_deep(text)) return ApiJson(ApiJson::value_t::discarded);
  ApiJson json = ApiJson::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_discarded()) return json;
  std::string mended = without_infinite(text);
  if (mended.empty()) {
    if (!may_have_surrogates(text)) return json;
    mended = text;
  }
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
