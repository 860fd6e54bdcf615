#include "assay/http/checked_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/surrogates.h"

namespace assay::http {

ApiJson checked_json(std::string_view text, std::string_view file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (is_too_deep(text)) throw DataError({file}, "expected JSON that is not nested so deep");
  std::vector<std::set<std::string>> open;
  const auto notice = [&](int /*depth*/, ApiJson::parse_event_t event, ApiJson& value) {
    if (event == ApiJson::parse_event_t::object_start) open.emplace_back();
    if (event == ApiJson::parse_event_t::object_end) open.pop_back();
    if (event == ApiJson::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
      throw DataError({file}, quoted(value.get<std::string>(), 80) + " comes twice in one object");
    }
    return true;
  };
  std::string mended(text);
  mend_surrogates(mended);  // places stay what they are
  try {
    return ApiJson::parse(mended, notice);
  } catch (const ApiJson::parse_error& error) {
    const std::size_t at = std::min(std::max<std::size_t>(error.byte, 1) - 1, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
    const std::string came = text.empty() ? "came an empty file" : "near " + quoted_around(text, at);
    throw DataError({file, static_cast<std::size_t>(line)}, "expected JSON, " + came);
  } catch (const ApiJson::out_of_range&) {
    throw DataError({file}, "a number is too large");
  }
}

}  // namespace assay::http
