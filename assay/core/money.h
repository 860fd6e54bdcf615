#pragma once

#include <compare>
#include <cstdint>

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

}  // namespace assay

#pragma GCC visibility pop
