#pragma once

namespace assay::stats {

/// Normal approximation of the posterior of a coefficient.
struct Coefficient {
  double mean = 0;       ///< Log odds of a win.
  double deviation = 1;  ///< Standard deviation, > 0.
};

/// Bradley and Terry's model (Biometrika 1952) of a model against one fixed opponent: P(win) = 1 / (1 +
/// exp(-theta)), a draw counting as half a win and half a loss, theta ~ N(0, prior_deviation^2). Laplace
/// approximation: the mode by Newton's method from `start`, and the curvature there. `wins` and `losses` >= 0,
/// halves allowed.
Coefficient bradley_terry_coefficient(double wins, double losses, double prior_deviation, double start = 0);

}  // namespace assay::stats
