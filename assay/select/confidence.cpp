// Least confident first (a baseline of arXiv 2510.09418, section 5; Lewis and Gale 1994): with v_qj(c) the share of
// the weak judges that give model j outcome c on query q,
//
//   score(q) = 1/m sum_j (1 - max_c v_qj(c)).

#include <algorithm>

#include "assay/select/fixed_order.h"
#include "assay/select/makers.h"
#include "assay/select/weak_verdicts.h"

namespace assay::select {

std::unique_ptr<Strategy> make_confidence(const Problem& problem, const ParameterValues& /*parameters*/) {
  const auto judges = static_cast<double>(problem.weak->judges());
  std::vector<double> scores;
  for (const QueryId query : problem.pool) {
    double uncertainty = 0;
    for (std::size_t j = 0; j < problem.models; ++j) {
      const auto votes = problem.weak->votes(query, model_id(j));
      uncertainty += 1.0 - *std::max_element(votes.begin(), votes.end()) / judges;
    }
    scores.push_back(uncertainty / static_cast<double>(problem.models));
  }
  return make_fixed_order(problem, std::move(scores));
}

}  // namespace assay::select
