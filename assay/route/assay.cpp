// Our own score. The accuracy of model m on the new task is told as
//
//   accuracy + common_weight * mean_j(c_j) + sum_f w_f (x_fm - mean_j(x_fj))
//
// from its accuracy over the benchmark and from what else is said of it above that (x_f): the average over the
// tasks, in which small tasks count like large ones, and two predictors, the votes of neighbours (mean over their
// numbers), and a ridge regression on the vectors (mean over penalties). The weights are the ones that would have
// told the tasks of the benchmark best, each left out in turn; so a predictor that says nothing gets no weight, and
// what is told shrinks towards the accuracy. What all models share, a task that is hard, is told apart from what
// suits one model.
//
// Labelled queries of the task are weighed against that by their variances, see task_posterior.h.
//
// Abstention: if all this did not tell left-out tasks better than the average alone, by a standard error,
// the best model on average is returned. Beyond that no margin is asked of the model that comes out best: what is
// told of it is shrunk already, and any margin loses accuracy (docs/route.md).

#include <algorithm>
#include <cmath>

#include "assay/route/believe.h"
#include "assay/route/score.h"
#include "assay/route/task_error.h"
#include "assay/route/task_posterior.h"
#include "assay/stats/intervals.h"

namespace assay::route {
namespace {

std::vector<double> tell_task(const Router& router, const TaskEvidence& evidence) {
  std::vector<double> told(router.models());
  tell(router.numbers.task, router.accuracy, mean_vote(evidence.votes, router.models()), evidence.ridge,
       router.average(), told);
  return told;
}

// Half the width of the interval of an accuracy on the queries that were looked at: they are a sample of the task.
double reach(const RankingInput& input, double variance, std::size_t tasks) {
  const RoutingNumbers& numbers = input.router->numbers;
  const auto count = static_cast<double>(tasks);
  const double luck = (numbers.query_spread + numbers.common_spread) / static_cast<double>(input.evidence->queries);
  return stats::student95(count - 1) * std::sqrt(variance * (1 + 1 / count) + luck);
}

}  // namespace

Ranking rank_assay(const RankingInput& input) {
  const Router& router = *input.router;
  const TaskEvidence& evidence = *input.evidence;
  const std::vector<double> told = tell_task(router, evidence);
  const ErrorVariance variance = error_variance(router, input.candidates);
  TaskPosterior posterior(variance.own, variance.common);
  for (const std::size_t model : input.candidates) posterior.add_model(told[model]);
  if (evidence.labelled > 0) {
    for (std::size_t i = 0; i < input.candidates.size(); ++i) {
      const std::size_t model = input.candidates[i];
      posterior.add_labels(i, evidence.labelled_accuracy[model], evidence.labelled_known[model]);
    }
    posterior.update(router.numbers.query_spread, router.numbers.common_spread);
  }
  Ranking ranking;
  for (std::size_t i = 0; i < input.candidates.size(); ++i) {
    const double value = std::clamp(posterior.mean(i), 0.0, 1.0);
    ranking.scores.push_back(value);
    stats::Interval interval;
    if (variance.tasks > 1 && knows_errors_of(router, input.candidates[i])) {
      const double half = reach(input, posterior.variance(i), variance.tasks);
      interval = {std::max(0.0, value - half), std::min(1.0, value + half)};
    }
    ranking.intervals.push_back(interval);
  }
  ranking.chosen = index_of_largest(ranking.scores);
  // Where nothing was learnt, models are told apart by their averages: the best of them is BMA.
  ranking.abstained = router.numbers.task.skill < kLeastTaskSkill && evidence.labelled == 0;
  return ranking;
}

}  // namespace assay::route
