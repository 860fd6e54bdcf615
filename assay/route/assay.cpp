// Our own score. The accuracy of model m on the new task is told as
//
//   accuracy + common_weight * mean_j(c_j) + sum_f w_f (x_fm - mean_j(x_fj))
//
// from its accuracy over the benchmark and from what two predictors say above that (x_f): the votes of 100
// neighbours, and a ridge regression on the vectors. The weights are the ones that would have told the tasks of the
// benchmark best, each left out in turn; so a predictor that says nothing gets no weight, and what is told shrinks
// towards the accuracy. What all models share, a task that is hard, is told apart from what suits one model.
//
// Labelled queries of the task are weighed against that by their variances.
//
// Abstention: if the predictors did not tell left-out tasks better than the accuracy alone, by a standard error,
// the best model on average is returned. Beyond that no margin is asked of the model that comes out best: what is
// told of it is shrunk already, and any margin loses accuracy (docs/route.md).

#include <algorithm>
#include <cmath>

#include "assay/route/accuracy.h"
#include "assay/route/believe.h"
#include "assay/route/score.h"

namespace assay {
namespace {

// Two-sided 95 % quantile of Student's t (Cornish and Fisher's expansion), good to 1 % from 3 degrees on.
double t_quantile(double degrees) {
  const double z = kNormal95;
  const double n = std::max(1.0, degrees);
  return z + (z * z * z + z) / (4 * n) + (5 * std::pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

struct Told {
  std::vector<double> accuracy;  // m
  double own_variance = 0;       // of the error, less what models share
  double common_variance = 0;    // of that
};

Told tell_task(const Router& router, const TaskEvidence& evidence) {
  const std::size_t m = router.models();
  const std::span<const double> votes = std::span(evidence.s1).subspan(kTaskNeighbours * m, m);
  Belief belief = router.numbers.task;
  if (belief.skill < kLeastTaskSkill) belief.weights.fill(0);
  Told told{std::vector<double>(m), belief.variance, belief.common_variance};
  tell(belief, router.accuracy, votes, evidence.ridge, told.accuracy);
  return told;
}

// The labelled queries move what is told, in proportion to how sure each of the two is.
void weigh_labelled(const RoutingNumbers& numbers, const TaskEvidence& evidence, Told& told) {
  if (evidence.labelled == 0) return;
  const auto count = static_cast<double>(evidence.labelled);
  const auto trust = [&](double variance, double spread, double queries) {
    return variance > 0 ? variance / (variance + spread / std::max(queries, 1e-9)) : 0;
  };
  std::vector<double> moves(told.accuracy.size());
  for (std::size_t j = 0; j < moves.size(); ++j) moves[j] = evidence.labelled_accuracy[j] - told.accuracy[j];
  const double common = mean_of_known(moves);
  if (std::isnan(common)) return;
  const double common_trust = trust(told.common_variance, numbers.common_spread, count);
  for (std::size_t j = 0; j < moves.size(); ++j) {
    const double own = std::isnan(moves[j]) ? 0 : moves[j] - common;
    told.accuracy[j] +=
        common_trust * common + trust(told.own_variance, numbers.query_spread, evidence.labelled_known[j]) * own;
    told.accuracy[j] = std::clamp(told.accuracy[j], 0.0, 1.0);
  }
  told.own_variance *= 1 - trust(told.own_variance, numbers.query_spread, count);
  told.common_variance *= 1 - common_trust;
}

}  // namespace

Ranking rank_assay(const RankingInput& input) {
  const Router& router = *input.router;
  Told told = tell_task(router, *input.evidence);
  weigh_labelled(router.numbers, *input.evidence, told);
  Ranking ranking;
  std::vector<double> averages;
  const auto tasks = static_cast<double>(router.benchmark.tasks);
  const bool learnt = router.numbers.task.variance > 0;
  const double reach =
      t_quantile(tasks - 1) * std::sqrt((told.own_variance + told.common_variance) * (1 + 1 / tasks));
  for (const std::size_t model : input.candidates) {
    const double value = told.accuracy[model];
    ranking.scores.push_back(value);
    ranking.intervals.push_back(learnt ? Interval{std::max(0.0, value - reach), std::min(1.0, value + reach)}
                                       : Interval{});
    averages.push_back(router.accuracy[model]);
  }
  const std::size_t average = index_of_largest(averages);
  ranking.chosen = index_of_largest(ranking.scores);
  if (router.numbers.task.skill < kLeastTaskSkill && input.evidence->labelled == 0) {
    ranking.abstained = true;
    ranking.chosen = average;
  }
  return ranking;
}

}  // namespace assay
