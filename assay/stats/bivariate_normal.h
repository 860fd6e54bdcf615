#pragma once

namespace assay::stats {

/// P(X <= x, Y <= y) of two standard normals with the given correlation in [-1, 1], to about 1e-8 for correlations
/// up to 0.99 in size (Drezner and Wesolowsky 1990: the integral over the correlation of the density).
double bivariate_normal_cdf(double x, double y, double correlation);

/// The correlation under which `both` is P(X <= x, Y <= y): the tetrachoric correlation of two events with the
/// probabilities cdf(x), cdf(y) that occur together with probability `both` (Pearson 1900). In [-limit, limit].
double tetrachoric(double x, double y, double both, double limit = 0.995);

}  // namespace assay::stats
