#include "assay/route/router.h"

#include "assay/route/accuracy.h"

namespace assay {

std::vector<double> Router::average() const { return average_over_tasks(task_accuracy, task_known, models()); }

std::vector<Neighbour> Router::neighbours(std::span<const float> vector, std::size_t count) const {
  if (says_nothing(vector)) return {};
  if (graph) return nearest(benchmark.vectors, *graph, vector, count, 2 * count);
  if (codes) return nearest(benchmark.vectors, *codes, vector, count);
  return nearest(benchmark.vectors, vector, count);
}

}  // namespace assay
