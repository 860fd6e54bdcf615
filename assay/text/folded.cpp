#include "assay/text/folded.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>

#include "assay/core/utf8.h"

namespace assay::text {
namespace {

// Of text that is UTF-8; the text itself if there is no memory for it.
std::string composed(std::string_view text) {
  utf8proc_uint8_t* result = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &result, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(result, &std::free);
  if (length < 0) return std::string(text);
  return {reinterpret_cast<const char*>(result), static_cast<std::size_t>(length)};
}

constexpr std::string_view kNoBreakSpace = "\xC2\xA0";

}  // namespace

std::string folded(std::string_view text) {
  const std::string whole = is_utf8(text) ? composed(text) : std::string(text);
  std::string result;
  bool blank = false;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const char c = whole[i];
    const bool wide = whole.compare(i, kNoBreakSpace.size(), kNoBreakSpace) == 0;
    if (wide || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f') {
      blank = !result.empty();
      i += wide ? 1 : 0;
      continue;
    }
    if (blank) result += ' ';
    blank = false;
    result += c;
  }
  return result;
}

}  // namespace assay::text
