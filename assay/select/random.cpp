// Rows in the order of the pool, which the caller has shuffled: the yardstick of every comparison.

#include "assay/select/fixed_order.h"
#include "assay/select/makers.h"

namespace assay::select {

std::unique_ptr<Strategy> make_random(const Problem& problem, const ParameterValues& /*parameters*/) {
  return make_fixed_order(problem, std::vector<double>(problem.pool.size(), 0.0));
}

}  // namespace assay::select
