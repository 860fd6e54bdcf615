// Minimal redundancy, maximal relevance (Peng, Long and Ding 2005): argmax over j of
//
//   I(Y; X_j) - 1/|S| sum over s in S of I(X_j; X_s)
//
// from counts of pairs of labels, a missing answer being a label, corrected for bias (Miller 1955). It looks at
// pairs alone, and takes all that two votes share for redundant, also that both are right.

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/ensemble/makers.h"

namespace assay::ensemble {
namespace {

double pair_information(std::span<const Label> x, std::span<const Label> y, std::size_t labels) {
  const std::size_t side = labels + 1;
  std::vector<std::uint32_t> both(side * side, 0), of_x(side, 0), of_y(side, 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ++both[x[i] * side + y[i]];
    ++of_x[x[i]];
    ++of_y[y[i]];
  }
  const auto n = static_cast<double>(x.size());
  double sum = 0, cells = 1;
  for (std::size_t a = 0; a < side; ++a) {
    cells -= (of_x[a] > 0 ? 1 : 0) + (of_y[a] > 0 ? 1 : 0);
    for (std::size_t b = 0; b < side; ++b) {
      const double count = both[a * side + b];
      if (count == 0) continue;
      cells += 1;
      sum += count * std::log(count * n / (static_cast<double>(of_x[a]) * of_y[b]));
    }
  }
  return (sum - cells / 2) / n;
}

}  // namespace

Ensemble choose_mrmr(const SelectionProblem& problem) {
  check(problem);
  const LabelTable& table = problem.training.table;
  const std::size_t m = table.models();
  std::vector<double> relevance(m), redundancy(m, 0.0);
  for (std::size_t j = 0; j < m; ++j) {
    relevance[j] = pair_information(table.column(model_id(j)), table.truths(), table.labels());
  }
  BudgetedSelection selection(problem);
  while (!selection.full()) {
    std::size_t best = m;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < m; ++j) {
      if (!selection.may_take(model_id(j))) continue;
      const double members = std::max<double>(1, static_cast<double>(selection.members().size()));
      const double value = relevance[j] - redundancy[j] / members;
      if (value > highest) {
        highest = value;
        best = j;
      }
    }
    if (best == m) break;
    selection.take(model_id(best));
    for (std::size_t j = 0; j < m; ++j) {
      redundancy[j] += pair_information(table.column(model_id(j)), table.column(model_id(best)), table.labels());
    }
  }
  return selection.members();
}

}  // namespace assay::ensemble
