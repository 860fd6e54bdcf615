#pragma once

// Intervals of means. An example of use:
//
//   // 50 of 1000 values were drawn: 30 of them are 1, the others 0.
//   const Interval interval = mean_interval(30, 30, 50, 1000);  // about 0.46 to 0.72

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

/// 95 % interval of the mean of `population` values in [0, 1]. `count` of them were drawn without replacement;
/// `sum` is their sum, and `squares` that of their squares. Two values of 1 and two of 0 are added (Agresti and
/// Coull 1998, for values between 0 and 1). What was drawn is exact, so the width shrinks with the share that is
/// known. With everything drawn the interval is a point. Assumes that the draw was random. `count` and `population`
/// are no whole numbers where values of unequal weight tell as much as so many of equal weight.
Interval mean_interval(double sum, double squares, double count, double population);

/// 95 % interval of a chance, of which the event came in `share` of `count` independent trials, at least one
/// (Wilson 1927).
Interval share_interval(double share, double count);

}  // namespace assay::stats

#pragma GCC visibility pop
