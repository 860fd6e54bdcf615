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
// Labelled queries of the task are weighed against that by their variances.
//
// Abstention: if all this did not tell left-out tasks better than the average alone, by a standard error,
// the best model on average is returned. Beyond that no margin is asked of the model that comes out best: what is
// told of it is shrunk already, and any margin loses accuracy (docs/route.md).

#include <algorithm>
#include <cmath>

#include "assay/route/accuracy.h"
#include "assay/route/believe.h"
#include "assay/route/score.h"
#include "assay/route/task_error.h"

namespace assay {
namespace {

// Two-sided 95 % quantile of Student's t (Cornish and Fisher's expansion), good to 1 % from 3 degrees on.
double t_quantile(double degrees) {
  const double z = kNormal95;
  const double n = std::max(1.0, degrees);
  return z + (z * z * z + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

// What is known of the candidates: their accuracies, and the variances of the errors.
struct Told {
  std::vector<double> accuracy;
  ErrorVariance variance;
};

bool learnt_to_rank(const Router& router) { return router.numbers.task.skill >= kLeastTaskSkill; }

Told tell_task(const RankingInput& input) {
  const Router& router = *input.router;
  const std::vector<double> average = router.average();
  std::vector<double> all = average;
  if (learnt_to_rank(router)) {
    tell(router.numbers.task, router.accuracy, mean_vote(input.evidence->s1, router.models()),
         input.evidence->ridge, average, all);
  }
  Told told;
  for (const std::size_t model : input.candidates) told.accuracy.push_back(all[model]);
  told.variance = error_variance(router, input.candidates);
  return told;
}

// The labelled queries move what is told, in proportion to how sure each of the two is.
void weigh_labelled(const RankingInput& input, Told& told) {
  const TaskEvidence& evidence = *input.evidence;
  const RoutingNumbers& numbers = input.router->numbers;
  if (evidence.labelled == 0) return;
  const auto count = static_cast<double>(evidence.labelled);
  const auto trust = [&](double variance, double spread, double queries) {
    return variance > 0 ? variance / (variance + spread / std::max(queries, 1e-9)) : 0;
  };
  std::vector<double> moves;
  for (std::size_t i = 0; i < told.accuracy.size(); ++i) {
    moves.push_back(evidence.labelled_accuracy[input.candidates[i]] - told.accuracy[i]);
  }
  const double common = mean_of_known(moves);
  if (std::isnan(common)) return;
  const double common_trust = trust(told.variance.common, numbers.common_spread, count);
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const double own = std::isnan(moves[i]) ? 0 : moves[i] - common;
    const double known = evidence.labelled_known[input.candidates[i]];
    told.accuracy[i] += common_trust * common + trust(told.variance.own, numbers.query_spread, known) * own;
    told.accuracy[i] = std::clamp(told.accuracy[i], 0.0, 1.0);
  }
  told.variance.own *= 1 - trust(told.variance.own, numbers.query_spread, count);
  told.variance.common *= 1 - common_trust;
}

// Half the width of the interval of an accuracy on the queries that were looked at: they are a sample of the task.
double reach(const RankingInput& input, const ErrorVariance& variance) {
  const RoutingNumbers& numbers = input.router->numbers;
  const auto tasks = static_cast<double>(input.router->benchmark.tasks);
  const double luck = (numbers.query_spread + numbers.common_spread) / static_cast<double>(input.evidence->queries);
  return t_quantile(tasks - 1) * std::sqrt((variance.own + variance.common) * (1 + 1 / tasks) + luck);
}

}  // namespace

Ranking rank_assay(const RankingInput& input) {
  const Router& router = *input.router;
  Told told = tell_task(input);
  weigh_labelled(input, told);
  Ranking ranking;
  const bool learnt = !router.task_error.empty();
  const double half = reach(input, told.variance);
  for (const double value : told.accuracy) {
    ranking.intervals.push_back(learnt ? Interval{std::max(0.0, value - half), std::min(1.0, value + half)}
                                       : Interval{});
  }
  ranking.scores = std::move(told.accuracy);
  ranking.chosen = index_of_largest(ranking.scores);
  // Where nothing was learnt, the scores are the averages: the best of them is BMA.
  ranking.abstained = !learnt_to_rank(router) && input.evidence->labelled == 0;
  return ranking;
}

}  // namespace assay
