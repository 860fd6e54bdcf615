// Our own method: the most accurate model first, then step by step the next most accurate (A) or the one that makes
// the true labels most likely given the members' votes (B), by a conditional logit (logit_search.h).
//
// Likelihood sees who complements whom; accuracy is what is wanted, and is known better, as it belongs to one model
// alone. Among many candidates the likeliest one is often only the luckiest. So B is taken only if it is ahead of A
// by more than one and a half standard errors of the difference, over the same queries, both with k + 1 fitted
// weights. With few queries that makes the ensemble of the most accurate; with many, errors that come together
// count.

#include <algorithm>
#include <cmath>

#include "assay/core/parallel.h"
#include "assay/ensemble/logit_search.h"
#include "assay/ensemble/makers.h"

namespace assay::ensemble {
namespace {

constexpr double kAhead = 1.5;      // standard errors
constexpr std::size_t kFitted = 3;  // candidates whose weights are fitted together with the members'

// Is `b` ahead of `a` by more than chance?
bool clearly_ahead(const LogitSearch::Fit& b, const LogitSearch::Fit& a, std::span<const double> weights) {
  double sum = 0, all = 0, squares = 0;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    sum += weights[r] * (b.rows[r] - a.rows[r]);
    all += weights[r];
  }
  const double mean = sum / all;
  for (std::size_t r = 0; r < weights.size(); ++r) {
    const double distance = weights[r] * (b.rows[r] - a.rows[r] - mean);
    squares += distance * distance;
  }
  return sum > kAhead * std::sqrt(squares);
}

// Of the queries that count in full: which model is best differs between tasks more than who complements whom.
std::vector<double> own_accuracies(const Training& training) {
  std::vector<double> own(training.weights.begin(), training.weights.end());
  for (double& weight : own) weight = weight < 1 ? 0 : weight;
  return accuracies({training.table, own});
}

std::vector<ModelId> likeliest(const LogitSearch& search, const BudgetedSelection& selection, std::size_t models,
                               std::size_t threads) {
  std::vector<ModelId> candidates;
  for (std::size_t j = 0; j < models; ++j) {
    if (selection.may_take(model_id(j))) candidates.push_back(model_id(j));
  }
  std::vector<double> gains(models, 0.0);
  parallel_for(candidates.size(), threads,
               [&](std::size_t c) { gains[index(candidates[c])] = search.gain(candidates[c]); });
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](ModelId a, ModelId b) { return gains[index(a)] > gains[index(b)]; });
  candidates.resize(std::min(kFitted, candidates.size()));
  return candidates;
}

}  // namespace

Ensemble choose_assay(const SelectionProblem& problem) {
  check(problem);
  const std::vector<ModelId> order = by_accuracy(own_accuracies(problem.training));
  LogitSearch search(problem.training);
  BudgetedSelection selection(problem);
  while (!selection.full()) {
    const auto next =
        std::find_if(order.begin(), order.end(), [&](ModelId model) { return selection.may_take(model); });
    if (next == order.end()) break;
    std::vector<ModelId> candidates = {*next};
    if (!selection.members().empty()) {
      for (const ModelId model : likeliest(search, selection, order.size(), problem.threads)) {
        if (model != *next) candidates.push_back(model);
      }
    }
    std::vector<LogitSearch::Fit> fits(candidates.size());
    parallel_for(candidates.size(), problem.threads,
                 [&](std::size_t c) { fits[c] = search.fitted(candidates[c]); });
    std::size_t best = 0;
    for (std::size_t c = 1; c < fits.size(); ++c) best = fits[c].total > fits[best].total ? c : best;
    if (best != 0 && !clearly_ahead(fits[best], fits[0], search.weights())) best = 0;
    selection.take(candidates[best]);
    search.add(candidates[best], fits[best]);
  }
  return selection.members();
}

}  // namespace assay::ensemble
