#include "assay/stats/bivariate_normal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "assay/stats/normal.h"

namespace assay::stats {
namespace {

// Gauss-Legendre, ten points: half of the nodes and weights on [-1, 1].
constexpr std::array kNodes = {0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845,
                               0.9739065285171717};
constexpr std::array kWeights = {0.2955242247147529, 0.2692667193099963, 0.2190863625159820, 0.1494513491505806,
                                 0.0666713443086881};

double density(double x, double y, double angle) {
  const double sine = std::sin(angle), cosine = std::cos(angle);
  return std::exp(-(x * x + y * y - 2 * x * y * sine) / (2 * cosine * cosine));
}

}  // namespace

double bivariate_normal_cdf(double x, double y, double correlation) {
  if (correlation >= 1) return normal_cdf(std::min(x, y));
  if (correlation <= -1) return std::max(0.0, normal_cdf(x) - normal_cdf(-y));
  // The integrand is steep where the correlation is near one: panels that get shorter towards the end.
  const double end = std::asin(correlation);
  double sum = 0, from = 0;
  double rest = end;
  for (int panel = 0; panel < 12; ++panel) {
    const double to = panel == 11 ? end : from + rest / 2;
    const double middle = (from + to) / 2, half = (to - from) / 2;
    for (std::size_t i = 0; i < kNodes.size(); ++i) {
      sum += half * kWeights[i] *
             (density(x, y, middle - half * kNodes[i]) + density(x, y, middle + half * kNodes[i]));
    }
    from = to;
    rest = end - from;
  }
  return std::clamp(normal_cdf(x) * normal_cdf(y) + sum / (2 * std::numbers::pi), 0.0, 1.0);
}

double tetrachoric(double x, double y, double both, double limit) {
  double low = -limit, high = limit;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (bivariate_normal_cdf(x, y, middle) < both ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace assay::stats
