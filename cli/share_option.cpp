#include "cli/share_option.h"

#include <fmt/format.h>

#include <charconv>

#include "assay/core/error.h"

namespace assay::cli {

std::string share_of(const std::string& text) {
  if (!text.ends_with('%')) return text;
  double percent = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [stop, error] = std::from_chars(text.data(), end, percent);
  if (error != std::errc() || stop != end) {
    throw CLI::ValidationError("expected a share such as 0.95 or 95%, came " + assay::quoted(text));
  }
  return fmt::format("{}", percent / 100);  // rounded once, as 0.025 is
}

}  // namespace assay::cli
