#include "assay/ensemble/training.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "assay/core/error.h"

namespace assay::ensemble {
namespace {

// The labels are told apart by what they are: on options the letters differ from query to query whatever happens.
void check_truths(const LabelTable& table) {
  const std::size_t n = table.queries();
  if (n == 0) throw InvalidArgument("expected queries with a true label, came none");
  if (table.kind() == LabelKind::options) return;
  if (std::all_of(table.truths().begin(), table.truths().end(),
                  [&](Label label) { return label == table.truths()[0]; })) {
    throw InvalidArgument("expected at least two different true labels, came one on all " + std::to_string(n) +
                          " queries: no vote can tell anything");
  }
}

}  // namespace

void check(const Training& training) {
  const LabelTable& table = training.table;
  const std::size_t n = table.queries();
  check_truths(table);
  if (n < table.labels()) {
    throw InvalidArgument("expected at least as many queries with a true label as there are labels, came " +
                          std::to_string(n) + " queries and " + std::to_string(table.labels()) + " labels");
  }
  if (!training.weights.empty() && training.weights.size() != n) {
    throw InvalidArgument("expected a weight for each of " + std::to_string(n) + " queries, came " +
                          std::to_string(training.weights.size()));
  }
  for (std::size_t m = 0; m < table.models(); ++m) {
    const std::span<const Label> column = table.column(model_id(m));
    const auto missing = static_cast<std::size_t>(std::count(column.begin(), column.end(), kNotRun));
    if (missing > 0) {
      throw InvalidArgument("expected every model to be run on every query; model " + std::to_string(m) +
                            " was not on " + std::to_string(missing));
    }
  }
}

std::vector<double> accuracies(const Training& training) {
  const LabelTable& table = training.table;
  const std::span<const Label> truths = table.truths();
  const double all = training.weights.empty()
                         ? static_cast<double>(truths.size())
                         : std::accumulate(training.weights.begin(), training.weights.end(), 0.0);
  std::vector<double> shares(table.models());
  for (std::size_t m = 0; m < shares.size(); ++m) {
    const std::span<const Label> column = table.column(model_id(m));
    double right = 0;
    if (training.weights.empty()) {
      std::size_t count = 0;
      for (std::size_t i = 0; i < truths.size(); ++i) count += column[i] == truths[i] ? 1 : 0;
      right = static_cast<double>(count);
    } else {
      for (std::size_t i = 0; i < truths.size(); ++i) right += column[i] == truths[i] ? training.weights[i] : 0;
    }
    shares[m] = all > 0 ? right / all : 0;
  }
  return shares;
}

std::vector<ModelId> by_accuracy(std::span<const double> accuracies) {
  std::vector<ModelId> order;
  for (std::size_t m = 0; m < accuracies.size(); ++m) order.push_back(model_id(m));
  std::stable_sort(order.begin(), order.end(),
                   [&](ModelId a, ModelId b) { return accuracies[index(a)] > accuracies[index(b)]; });
  return order;
}

}  // namespace assay::ensemble
