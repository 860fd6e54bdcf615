#include "assay/route/router.h"

#include <algorithm>

#include "assay/route/accuracy.h"

namespace assay {

void LinearView::predict(std::span<const float> vector, std::span<double> out) const {
  const std::size_t m = accuracy.size();
  std::copy(accuracy.begin(), accuracy.end(), out.begin());
  if (says_nothing(vector)) return;
  for (std::size_t p = 0; p < mean.size(); ++p) {
    const double value = vector[p] - mean[p];
    const double* row = weights.data() + p * m;
    for (std::size_t j = 0; j < m; ++j) out[j] += value * row[j];
  }
}

std::vector<double> Router::average() const { return average_over_tasks(task_accuracy, task_known, models()); }

std::vector<Neighbour> Router::neighbours(std::span<const float> vector, std::size_t count) const {
  if (says_nothing(vector)) return {};
  if (graph) return nearest(benchmark.vectors, *graph, vector, count, 2 * count);
  if (codes) return nearest(benchmark.vectors, *codes, vector, count);
  return nearest(benchmark.vectors, vector, count);
}

}  // namespace assay
