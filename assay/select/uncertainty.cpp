// Highest entropy first (a baseline of arXiv 2510.09418, section 5; uncertainty sampling after Dagan and Engelson
// 1995): with v_qj(c) the share of the weak judges that give model j outcome c on query q,
//
//   score(q) = 1/m sum_j -sum_c v_qj(c) log v_qj(c).

#include <cmath>

#include "assay/select/fixed_order.h"
#include "assay/select/makers.h"
#include "assay/select/weak_verdicts.h"

namespace assay::select {

std::unique_ptr<Strategy> make_uncertainty(const Problem& problem, const ParameterValues& /*parameters*/) {
  const auto judges = static_cast<double>(problem.weak->judges());
  std::vector<double> scores;
  for (const QueryId query : problem.pool) {
    double entropy = 0;
    for (std::size_t j = 0; j < problem.models; ++j) {
      for (const std::uint32_t votes : problem.weak->votes(query, model_id(j))) {
        if (votes > 0) entropy -= votes / judges * std::log(votes / judges);
      }
    }
    scores.push_back(entropy / static_cast<double>(problem.models));
  }
  return make_fixed_order(problem, std::move(scores));
}

}  // namespace assay::select
