#include "assay/route/query_spread.h"

#include <algorithm>
#include <vector>

#include "assay/route/accuracy.h"

namespace assay::route {

void take_spread(const BenchmarkView& benchmark, std::span<const double> accuracy, RoutingNumbers& numbers) {
  double own = 0, common = 0, cells = 0, queries = 0;
  std::vector<double> residuals;
  for (std::size_t i = 0; i < benchmark.queries(); ++i) {
    residuals.clear();
    const std::span<const Correctness> row = benchmark.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j].known()) residuals.push_back(row[j].score() - accuracy[j]);
    }
    if (residuals.empty()) continue;
    const double mean = mean_of_known(residuals);
    common += mean * mean;
    ++queries;
    for (const double residual : residuals) own += (residual - mean) * (residual - mean);
    cells += static_cast<double>(residuals.size());
  }
  numbers.query_spread = own / std::max(1.0, cells);
  numbers.common_spread = common / std::max(1.0, queries);
}

}  // namespace assay::route
