#pragma once

#include <cstddef>

#pragma GCC visibility push(default)

namespace assay::stats {

struct Interval {
  double low = 0;
  double high = 1;
};

/// Quantile of the standard normal for a two-sided interval of 95 %.
inline constexpr double kNormal95 = 1.959963984540054;

/// The same of Student's t, by Boost.Math; `degrees` of freedom are taken to be at least 1.
double student95(double degrees);

/// 95 % interval of the mean of `population` values in [0, 1] of which `count` were drawn without replacement,
/// their sum being `sum` and the sum of their squares `squares`. Two values of 1 and two of 0 are added (Agresti
/// and Coull 1998, for values between 0 and 1), and the width shrinks with the share that is known: what was drawn
/// is exact. With everything drawn the interval is a point. Assumes that the draw was random.
Interval mean_interval(double sum, double squares, std::size_t count, std::size_t population);

}  // namespace assay::stats

#pragma GCC visibility pop
