#include "assay/report/numbers.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace assay::report {

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "-";
  std::string text = fmt::format("{:.{}f}", value, decimals);
  // No "-0.00".
  if (text[0] == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string percent(double share, int decimals) {
  return std::isfinite(share) ? fixed(share * 100, decimals) + " %" : "-";
}

std::string grouped(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t from_end = 3; from_end < text.size(); from_end += 4) text.insert(text.size() - from_end, ",");
  return text;
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  std::string text = grouped(count) + " ";
  if (count == 1 || plural.empty()) {
    text += singular;
    if (count != 1) text += "s";
  } else {
    text += plural;
  }
  return text;
}

std::string byte_size(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999.95 would be shown as 1000.0.
  while (value >= 999.95 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string duration(double seconds) {
  constexpr double kLongest = 1e9;  // beyond, an integer of seconds says nothing
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLongest) return "-";
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace assay::report
