#pragma once

#include <compare>
#include <cstdint>
#include <string>

// Sums of money that are exact. An example of use:
//
//   Money spent{1'500'000};
//   spent += Money{250'000};
//   const double dollars = spent.dollars();  // 1.75

#pragma GCC visibility push(default)

namespace assay {

/// An amount in micro-dollars. Integers: sums are exact, and a limit is a limit.
struct Money {
  std::int64_t micros = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14
  constexpr auto operator<=>(const Money&) const = default;
  constexpr Money& operator+=(Money other) {
    micros += other.micros;
    return *this;
  }
  constexpr Money& operator-=(Money other) {
    micros -= other.micros;
    return *this;
  }
  friend constexpr Money operator+(Money a, Money b) { return a += b; }
  friend constexpr Money operator-(Money a, Money b) { return a -= b; }
  constexpr double dollars() const { return static_cast<double>(micros) / 1e6; }
};

/// As people read it, the same everywhere: "$1.50", "$12.35"; below ten dollars "$0.1234" where cents would not say
/// it all, below a tenth of a cent "$0.000125". Rounded to the nearest.
std::string dollars_text(Money money);
/// Of a mean or a sum that is no whole number of micro-dollars; "-" if it is not finite.
std::string dollars_text(double dollars);

}  // namespace assay

#pragma GCC visibility pop
