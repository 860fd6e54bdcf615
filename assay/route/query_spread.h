#pragma once

#include <span>

#include "assay/route/benchmark_view.h"
#include "assay/route/router.h"

namespace assay::route {

/// How much models differ on a query beyond what their accuracies (m) say, and their mean: `query_spread` and
/// `common_spread` of the numbers. What labelled queries are worth. O(n m).
void take_spread(const BenchmarkView& benchmark, std::span<const double> accuracy, RoutingNumbers& numbers);

}  // namespace assay::route
