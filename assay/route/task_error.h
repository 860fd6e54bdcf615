#pragma once

#include <cstddef>
#include <span>

#include "assay/route/router.h"

namespace assay::route {

/// Variances of the error of what is told of a new task: of its mean over the models, which does not matter for
/// the choice, and of the models' own parts beyond that.
struct ErrorVariance {
  double own = 0;
  double common = 0;
  std::size_t tasks =
      0;  ///< That tell it; 0: the router knows no errors, and the variances are those of one query.
};

/// From the errors on left-out tasks, of the candidates alone: those that are close to each other are often told
/// better than all models together. What a truth owes to the luck of its task's queries is not the router's error,
/// and not counted; but some error is always left. O(T m).
ErrorVariance error_variance(const Router& router, std::span<const std::size_t> candidates);

/// Whether the router knows an error of this model: else nothing can be said of how good it is.
bool knows_errors_of(const Router& router, std::size_t model);

}  // namespace assay::route
