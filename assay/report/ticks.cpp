#include "assay/report/ticks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/report/numbers.h"

namespace assay::report {
namespace {

/// The round number just above `width`: 1, 2 or 5 times a power of ten.
double round_step(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (width <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::string label(double value, double step, bool percent) {
  const double unit = percent ? step * 100 : step;
  const double shown = percent ? value * 100 : value;
  if (unit < 1e-6 || std::abs(shown) >= 1e9) return fmt::format("{:.6g}", shown);
  const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(unit) + 1e-9)));
  return fixed(shown, decimals) + (percent ? " %" : "");
}

}  // namespace

Ticks nice_ticks(double from, double to, int wanted, bool percent) {
  const bool distinct = (to - from) > 1e-12 * std::max(std::abs(from), std::abs(to));
  if (!std::isfinite(from) || !std::isfinite(to) || !std::isfinite(to - from) || !(from < to) || !distinct) {
    throw InvalidArgument(fmt::format("an axis must end after it begins, came {} to {}", from, to));
  }
  Ticks ticks;
  ticks.step = round_step((to - from) / std::max(wanted, 2));
  const double slack = 1e-9 * (to - from);
  for (double i = std::ceil((from - slack) / ticks.step); i * ticks.step <= to + slack; ++i) {
    const double value = i == 0 ? 0.0 : i * ticks.step;
    ticks.at.push_back(std::clamp(value, from, to));
    ticks.labels.push_back(label(value, ticks.step, percent));
  }
  return ticks;
}

}  // namespace assay::report
