#include "assay/route/router.h"

#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"
#include "assay/route/accuracy.h"

namespace assay::route {

std::vector<double> Router::average() const { return average_over_tasks(task_accuracy, task_known, models()); }

std::vector<neighbours::Neighbour> Router::neighbours(std::span<const float> vector, std::size_t count) const {
  if (neighbours::says_nothing(vector)) return {};
  if (graph) return neighbours::nearest(benchmark.vectors, *graph, vector, count, 2 * count);
  if (codes) return neighbours::nearest(benchmark.vectors, *codes, vector, count);
  return neighbours::nearest(benchmark.vectors, vector, count);
}

}  // namespace assay::route
