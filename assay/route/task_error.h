#pragma once

#include <cstddef>
#include <span>

#include "assay/route/router.h"

namespace assay::route {

/// Variances of the errors of estimates for a new task. Their mean over the models does not matter for the choice;
/// the models' own parts beyond that do.
struct ErrorVariance {
  double own = 0;
  double common = 0;
  /// Tasks that the variances are taken from. 0: the router knows no errors, and they are those of one query.
  std::size_t tasks = 0;
};

/// From the errors on left-out tasks, of the candidates alone: candidates that are close to each other are often
/// estimated better than all models together. The luck of a task's queries is not the router's error and does not
/// count, but some error is always left. O(T m).
ErrorVariance error_variance(const Router& router, std::span<const std::size_t> candidates);

/// Whether the router knows an error of this model: else nothing can be said of how good it is.
bool knows_errors_of(const Router& router, std::size_t model);

}  // namespace assay::route
