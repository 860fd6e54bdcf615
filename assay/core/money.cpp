#include "assay/core/money.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace assay {

std::string dollars_text(Money money) {
  constexpr std::int64_t kCent = 10'000;
  constexpr std::int64_t kTenDollars = 10'000'000;
  constexpr std::int64_t kTenthOfACent = 1'000;
  const std::int64_t amount = std::abs(money.micros);
  const bool cents = amount % kCent == 0 || amount >= kTenDollars;
  char text[32];
  std::snprintf(text, sizeof text, "%s$%.*f", money.micros < 0 ? "-" : "",
                cents                    ? 2
                : amount < kTenthOfACent ? 6
                                         : 4,
                static_cast<double>(amount) / 1e6);
  return text;
}

std::string dollars_text(double dollars) {
  constexpr double kMost = 1e12;
  if (!(std::abs(dollars) <= kMost)) return "-";
  return dollars_text(Money{std::llround(dollars * 1e6)});
}

}  // namespace assay
