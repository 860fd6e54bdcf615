#include "assay/stats/bradley_terry.h"

#include <algorithm>
#include <cmath>

namespace assay::stats {

Coefficient bradley_terry_coefficient(double wins, double losses, double prior_deviation, double start) {
  const double precision = 1.0 / (prior_deviation * prior_deviation);
  const double games = wins + losses;
  double theta = start;
  double curvature = precision;
  for (int iteration = 0; iteration < 50; ++iteration) {
    const double p = 1.0 / (1.0 + std::exp(-theta));
    curvature = precision + games * p * (1.0 - p);
    // The log posterior is concave; a cap on the step keeps Newton's method from overshooting far out.
    const double step = std::clamp((wins - games * p - precision * theta) / curvature, -1.0, 1.0);
    theta += step;
    if (std::abs(step) < 1e-12) break;
  }
  return {theta, 1.0 / std::sqrt(curvature)};
}

}  // namespace assay::stats
