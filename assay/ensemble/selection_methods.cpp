#include <algorithm>
#include <array>
#include <string>

#include "assay/core/error.h"
#include "assay/ensemble/makers.h"
#include "assay/ensemble/selection_method.h"

namespace assay::ensemble {
namespace {

constexpr std::array kSelectionMethods = {
    SelectionMethodEntry{
        .name = "assay",
        .help = "the next most accurate, unless another one makes the true labels clearly likelier",
        .pools = true,
        .choose = choose_assay},
    SelectionMethodEntry{.name = "greedy-mi",
                         .help = "whose vote tells most about the true label, given those of the members",
                         .choose = choose_greedy_information},
    SelectionMethodEntry{.name = "top-accuracy", .help = "the most accurate", .choose = choose_most_accurate},
    SelectionMethodEntry{.name = "mrmr",
                         .help = "whose vote tells much about the true label and little about the members' votes",
                         .choose = choose_mrmr},
    SelectionMethodEntry{.name = "random", .help = "any, by the seed", .choose = choose_random},
    SelectionMethodEntry{.name = "exhaustive",
                         .help = "the best of all ensembles of that size by information, where they can be counted",
                         .nested = false,
                         .choose = choose_exhaustive},
};

}  // namespace

std::span<const SelectionMethodEntry> selection_methods() { return kSelectionMethods; }

const SelectionMethodEntry& selection_method(std::string_view name) {
  std::string names;
  for (const SelectionMethodEntry& entry : kSelectionMethods) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("unknown method " + quoted(name) + "; expected one of " + names);
}

void check(const SelectionProblem& problem) {
  check(problem.training);
  const std::size_t m = problem.training.table.models();
  if (problem.size < 1 || problem.size > m) {
    throw InvalidArgument("expected a size from 1 to the number of models, " + std::to_string(m) + ", came " +
                          std::to_string(problem.size));
  }
  if (!problem.budget) return;
  if (problem.prices.size() != m) {
    throw InvalidArgument("a budget needs the price of each of the " + std::to_string(m) + " models, came " +
                          std::to_string(problem.prices.size()));
  }
  const std::int64_t cheapest = *std::min_element(problem.prices.begin(), problem.prices.end());
  if (cheapest < 0) throw InvalidArgument("a price must not be negative, came " + std::to_string(cheapest));
  if (cheapest > *problem.budget) {
    throw InvalidArgument("the budget of " + std::to_string(*problem.budget) +
                          " micro-dollars per million tokens buys no model; the cheapest costs " +
                          std::to_string(cheapest));
  }
}

BudgetedSelection::BudgetedSelection(const SelectionProblem& problem)
    : problem_(problem), taken_(problem.training.table.models(), false) {}

bool BudgetedSelection::may_take(ModelId model) const {
  if (taken_[index(model)]) return false;
  return !problem_.budget || problem_.prices[index(model)] <= *problem_.budget - spent_;
}

void BudgetedSelection::take(ModelId model) {
  taken_[index(model)] = true;
  if (problem_.budget) spent_ += problem_.prices[index(model)];
  members_.push_back(model);
}

}  // namespace assay::ensemble
