#include "assay/report/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"

namespace assay::report {
namespace {

constexpr std::size_t kWidestBar = 30;
constexpr std::size_t kNarrowestBar = 8;
constexpr std::size_t kWidestLabel = 32;
constexpr std::string_view kGap = "  ";

/// Eighths of a column, as block characters.
std::string bar(double share, std::size_t columns) {
  static constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(share * static_cast<double>(columns * 8));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kParts[eighths % 8];
  text.append(columns - eighths / 8 - (eighths % 8 > 0 ? 1 : 0), ' ');
  return text;
}

std::string amount(std::uint64_t count, ProgressUnit unit) {
  return unit == ProgressUnit::bytes ? byte_size(count) : grouped(count);
}

std::string rate(double per_second, ProgressUnit unit) {
  if (unit == ProgressUnit::bytes) return byte_size(static_cast<std::uint64_t>(per_second)) + "/s";
  if (per_second < 10) return fixed(per_second, 1) + "/s";
  return grouped(static_cast<std::uint64_t>(per_second)) + "/s";
}

/// The texts right of the bar, the most important first.
std::vector<std::string> details(const ProgressState& state) {
  std::vector<std::string> parts;
  const std::uint64_t done = state.total == 0 ? state.done : std::min(state.done, state.total);
  if (state.total > 0) {
    parts.push_back(fmt::format("{:3.0f} %", 100.0 * static_cast<double>(done) / static_cast<double>(state.total)));
    parts.push_back(amount(done, state.unit) + "/" + amount(state.total, state.unit));
  } else {
    parts.push_back(amount(done, state.unit));
  }
  constexpr double kFirstRate = 0.2;  // seconds: before, the rate is noise
  constexpr double kFastest = 1e15;
  const double per_second = static_cast<double>(done) / state.seconds;
  if (done == 0 || !(state.seconds >= kFirstRate) || !(per_second < kFastest)) return parts;
  parts.push_back(rate(per_second, state.unit));
  if (done < state.total) {
    parts.push_back(duration(static_cast<double>(state.total - done) / per_second) + " left");
  }
  return parts;
}

}  // namespace

std::string progress_line(const ProgressState& state, std::size_t width) {
  const std::vector<std::string> parts = details(state);
  std::string label = cut_to_width(escaped(state.label.substr(0, 4 * kWidestLabel)), kWidestLabel);
  std::size_t used = 0;
  std::string right;
  for (const std::string& part : parts) {
    const std::size_t more = part.size() + (right.empty() ? 0 : kGap.size());
    if (used + more > width) break;
    if (!right.empty()) right += kGap;
    right += part;
    used += more;
  }
  if (right.empty()) return {};
  if (!label.empty()) {
    // The label gives way to the numbers.
    const std::size_t room = width - used;
    label = room > kGap.size() + 2 ? cut_to_width(label, room - kGap.size()) : "";
  }
  std::string left = label.empty() ? "" : label + std::string(kGap);
  used += display_width(left);
  if (state.total > 0 && width >= used + kNarrowestBar + kGap.size()) {
    const double share = static_cast<double>(std::min(state.done, state.total)) / static_cast<double>(state.total);
    left += bar(share, std::min(kWidestBar, width - used - kGap.size())) + std::string(kGap);
  }
  return left + right;
}

std::string progress_text(const ProgressState& state) {
  std::string text = cut_to_width(escaped(state.label.substr(0, 4 * kWidestLabel)), kWidestLabel);
  const char* before = text.empty() ? "" : ": ";
  for (const std::string& part : details(state)) {
    text += before + part.substr(std::min(part.find_first_not_of(' '), part.size()));
    before = ", ";
  }
  return text;
}

bool Heartbeat::due(Time now) {
  if (now - last_ < kBetween) return false;
  last_ = now;
  return true;
}

}  // namespace assay::report
