#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "assay/core/ids.h"
#include "assay/core/labels.h"

// What ensembles learn from. An example of use:
//
//   const Training training{table};
//   check(training);
//   const std::vector<double> shares = accuracies(training);
//   const ModelId best = by_accuracy(shares).front();

#pragma GCC visibility push(default)

namespace assay::ensemble {

/// By what members are chosen and votes are weighed: n queries with true labels. No prediction may be `kNotRun`.
struct Training {
  const LabelTable& table;
  /// n, each >= 0: how much a query counts. Empty: 1 each. Queries of other tasks may count a little.
  std::span<const double> weights = {};

  double weight(std::size_t query) const { return weights.empty() ? 1.0 : weights[query]; }
};

/// A prediction as a vote: what is not among the offered labels is no answer.
constexpr Label vote(Label prediction, Label offered) { return prediction <= offered ? prediction : kUnanswered; }

/// Throws InvalidArgument that says what came, unless there are at least as many queries as labels, a weight for
/// each query (or no weights), and a prediction of every model on every query. Where labels are classes, at least
/// two of them must be true somewhere.
void check(const Training& training);

/// Share of the queries, by weight, that each model is right on. O(n m).
std::vector<double> accuracies(const Training& training);

/// Models, best accuracy first; of equal ones the first stays first.
std::vector<ModelId> by_accuracy(std::span<const double> accuracies);

}  // namespace assay::ensemble

#pragma GCC visibility pop
