// Our own rule. The accuracy of model m on the new task is estimated as
//
//   accuracy + common_weight * mean_j(c_j) + sum_f w_f (x_fm - mean_j(x_fj))
//
// from its accuracy over the benchmark and three features x_f, each less that accuracy. One is the average over the
// tasks, in which small tasks count like large ones. Two are predictors: the votes of neighbours (mean over their
// numbers), and a ridge regression on the vectors (mean over penalties). The stacking weights w are those with the
// least squared error on the tasks of the benchmark, each left out in turn, so that a predictor that says nothing
// gets no weight. A handful of tasks is little to learn them by. So they are drawn to S1, the votes as they are, in
// so far as the thousands of single queries of left-out tasks show that votes say something (stacking_weights.h).
// How hard the task is for all models has a weight apart from which model it suits.
//
// Labelled queries of the task are weighed against the estimates by their variances, see task_posterior.h.
//
// Abstention: if left-out tasks and their single queries together do not show by half a standard error that there
// is more to go by than the average alone, the best model on average is returned. No further margin is asked of the
// model that comes out best: its estimate is shrunk already, and any margin loses accuracy (docs/results/route.md).

#include <algorithm>
#include <cmath>

#include "assay/route/routing_rule.h"
#include "assay/route/stacking_weights.h"
#include "assay/route/task_error.h"
#include "assay/route/task_posterior.h"
#include "assay/stats/intervals.h"

namespace assay::route {
namespace {

std::vector<double> estimates_of(const Router& router, const TaskFeatures& features) {
  std::vector<double> estimates(router.models());
  predict(router.numbers.task, router.accuracy, mean_vote(features.votes, router.models()), features.ridge,
          router.average(), estimates);
  return estimates;
}

// Half the width of the interval of an accuracy on the queries that were looked at: they are a sample of the task.
double reach(const RankingInput& input, double variance, std::size_t tasks) {
  const RoutingNumbers& numbers = input.router->numbers;
  const auto count = static_cast<double>(tasks);
  const double luck = (numbers.query_spread + numbers.common_spread) / static_cast<double>(input.features->queries);
  return stats::student95(count - 1) * std::sqrt(variance * (1 + 1 / count) + luck);
}

}  // namespace

Ranking rank_assay(const RankingInput& input) {
  const Router& router = *input.router;
  const TaskFeatures& features = *input.features;
  const std::vector<double> estimates = estimates_of(router, features);
  const ErrorVariance variance = error_variance(router, input.candidates);
  TaskPosterior posterior(variance.own, variance.common);
  for (const std::size_t model : input.candidates) posterior.add_model(estimates[model]);
  if (features.labelled > 0) {
    for (std::size_t i = 0; i < input.candidates.size(); ++i) {
      const std::size_t model = input.candidates[i];
      posterior.add_labels(i, features.labelled_accuracy[model], features.labelled_known[model]);
    }
    posterior.update(router.numbers.query_spread, router.numbers.common_spread);
  }
  Ranking ranking;
  for (std::size_t i = 0; i < input.candidates.size(); ++i) {
    const double value = std::clamp(posterior.mean(i), 0.0, 1.0);
    ranking.values.push_back(value);
    stats::Interval interval;
    if (variance.tasks > 1 && knows_errors_of(router, input.candidates[i])) {
      const double half = reach(input, posterior.variance(i), variance.tasks);
      interval = {std::max(0.0, value - half), std::min(1.0, value + half)};
    }
    ranking.intervals.push_back(interval);
  }
  ranking.chosen = index_of_largest(ranking.values);
  // Where nothing was learnt, models differ by their averages alone: the best of them is BMA.
  ranking.abstained = router.numbers.task.skill < kLeastTaskSkill && features.labelled == 0;
  return ranking;
}

}  // namespace assay::route
