#include "assay/stats/intervals.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

namespace assay::stats {

Interval mean_interval(double sum, double squares, double count, double population) {
  if (count <= 0) return {0, 1};
  const double all = std::max(population, count);
  const double n = count + 4;
  const double mean = (sum + 2) / n;
  const double variance = std::max(0.0, (squares + 2) / n - mean * mean);
  // The part that was not drawn has this mean, known with this error; the part that was is known.
  const double rest = all - count;
  const double centre = (sum + rest * mean) / all;
  const double half = kNormal95 * rest / all * std::sqrt(variance / n + (rest > 0 ? variance / rest : 0.0));
  // What was drawn bounds the mean whatever the rest is.
  return {std::max(sum / all, centre - half), std::min((sum + rest) / all, centre + half)};
}

double student95(double degrees) {
  return boost::math::quantile(boost::math::students_t(std::max(1.0, degrees)), 0.975);
}

Interval share_interval(double share, double count) {
  const double z2 = kNormal95 * kNormal95 / count;
  const double centre = (share + z2 / 2) / (1 + z2);
  const double half = std::sqrt(z2 * share * (1 - share) + z2 * z2 / 4) / (1 + z2);
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace assay::stats
