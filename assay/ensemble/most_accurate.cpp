// The k most accurate models, and k models at random: what everybody does, and what nobody should.

#include "assay/core/rng.h"
#include "assay/ensemble/makers.h"

namespace assay::ensemble {
namespace {

Ensemble take_in_order(const SelectionProblem& problem, std::span<const ModelId> order) {
  BudgetedSelection selection(problem);
  for (const ModelId model : order) {
    if (!selection.full() && selection.may_take(model)) selection.take(model);
  }
  return selection.members();
}

}  // namespace

Ensemble choose_most_accurate(const SelectionProblem& problem) {
  check(problem);
  return take_in_order(problem, by_accuracy(accuracies(problem.training)));
}

Ensemble choose_random(const SelectionProblem& problem) {
  check(problem);
  std::vector<ModelId> order;
  for (std::size_t m = 0; m < problem.training.table.models(); ++m) order.push_back(model_id(m));
  Rng(problem.seed).shuffle(std::span(order));
  return take_in_order(problem, order);
}

}  // namespace assay::ensemble
