// Most draws first (a baseline of arXiv 2510.09418, section 5): score of query q = number of pairs of a weak judge
// k and a model j with R^k_qj = draw. The paper names the strategy; that the draws are those of the weak judges
// follows from there being no other verdict before the first call.

#include "assay/select/fixed_order.h"
#include "assay/select/makers.h"
#include "assay/select/weak_verdicts.h"

namespace assay::select {

std::unique_ptr<Strategy> make_most_draws(const Problem& problem, const ParameterValues& /*parameters*/) {
  std::vector<double> scores;
  for (const QueryId query : problem.pool) {
    double draws = 0;
    for (std::size_t j = 0; j < problem.models; ++j) {
      draws += problem.weak->votes(query, model_id(j))[static_cast<std::size_t>(Outcome::draw)];
    }
    scores.push_back(draws);
  }
  return make_fixed_order(problem, std::move(scores));
}

}  // namespace assay::select
