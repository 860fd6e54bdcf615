#include "assay/data/offered_text.h"

#include <fmt/format.h>

namespace assay::data {
namespace {

constexpr int kMostOffered = 26;  // A to Z

}  // namespace

OfferedText with_options(std::string_view prompt, const JsonValue& list) {
  OfferedText result{std::string(prompt), 0};
  for (const JsonValue option : list.elements()) {
    if (result.options == kMostOffered) list.reject(fmt::format("at most {} options", kMostOffered));
    result.text += fmt::format("\n{}. {}", static_cast<char>('A' + result.options++), option.string());
  }
  if (result.options == 0) list.reject("a list with an option at least");
  return result;
}

}  // namespace assay::data
