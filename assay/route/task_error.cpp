#include "assay/route/task_error.h"

#include <algorithm>
#include <cmath>

namespace assay {
namespace {

// Of a task: the mean over the candidates of the squares of their own errors and that of their mean error, each
// less what luck adds to it.
struct OfTask {
  double own = 0, common = 0;
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
    common = mean * mean - router.numbers.common_spread * luck / known;
    if (known > 1) own = (squares - sum * mean) / (known - 1) - router.numbers.query_spread * luck / known;
  }
};

}  // namespace

ErrorVariance error_variance(const Router& router, std::span<const std::size_t> candidates) {
  ErrorVariance sum;
  double tasks = 0, compared = 0;
  for (std::size_t t = 0; t < router.task_error.size() / router.models(); ++t) {
    const OfTask task(router, t, candidates);
    if (task.known == 0) continue;
    sum.common += task.common;
    ++tasks;
    if (task.known == 1) continue;
    sum.own += task.own;
    ++compared;
  }
  return {std::max(0.0, sum.own) / std::max(1.0, compared), std::max(0.0, sum.common) / std::max(1.0, tasks)};
}

}  // namespace assay
