#include "assay/route/task_error.h"

#include <algorithm>
#include <cmath>

namespace assay::route {
namespace {

// Luck is known less surely than it is large: errors are not taken to be smaller than a part of it.
constexpr double kLeast = 0.1;

// Of a task: the mean over the candidates of the squares of their own errors and that of their mean error, and what
// luck adds to them.
struct OfTask {
  double own = 0, common = 0;
  double own_luck = 0, common_luck = 0;
  double known = 0;

  OfTask(const Router& router, std::size_t task, std::span<const std::size_t> candidates) {
    const std::span<const double> errors = router.task_error.subspan(task * router.models(), router.models());
    const std::span<const double> cells = router.task_known.subspan(task * router.models(), router.models());
    double sum = 0, squares = 0, luck = 0;
    for (const std::size_t model : candidates) {
      if (std::isnan(errors[model])) continue;
      ++known;
      sum += errors[model];
      squares += errors[model] * errors[model];
      luck += 1 / std::max(1.0, cells[model]);
    }
    if (known == 0) return;
    const double mean = sum / known;
    common = mean * mean;
    own_luck = router.numbers.query_spread * luck / known;
    common_luck = router.numbers.common_spread * luck / known;
    if (known > 1) own = (squares - sum * mean) / (known - 1);
  }
};

double without_luck(double sum, double luck, double tasks) {
  return std::max(sum - luck, kLeast * luck) / std::max(1.0, tasks);
}

}  // namespace

ErrorVariance error_variance(const Router& router, std::span<const std::size_t> candidates) {
  double own = 0, own_luck = 0, common = 0, common_luck = 0, tasks = 0, compared = 0;
  for (std::size_t t = 0; t < router.task_error.size() / router.models(); ++t) {
    const OfTask task(router, t, candidates);
    if (task.known == 0) continue;
    common += task.common;
    common_luck += task.common_luck;
    ++tasks;
    if (task.known == 1) continue;
    own += task.own;
    own_luck += task.own_luck;
    ++compared;
  }
  if (tasks == 0) return {router.numbers.query_spread, router.numbers.common_spread, 0};
  return {without_luck(own, own_luck, compared), without_luck(common, common_luck, tasks),
          static_cast<std::size_t>(tasks)};
}

bool knows_errors_of(const Router& router, std::size_t model) {
  for (std::size_t i = model; i < router.task_error.size(); i += router.models()) {
    if (!std::isnan(router.task_error[i])) return true;
  }
  return false;
}

}  // namespace assay::route
