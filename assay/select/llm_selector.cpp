// LLM SELECTOR (arXiv 2510.09418, section 3): judge next the query whose annotation is expected to leave the least
// uncertainty about the best model,
//
//   q* = argmin_q  1/z sum_k H(F | A + (q, R^k_q)),
//
// the unknown row of outcomes being played by those of the z weak judges. With the posterior p and the likelihood
// f(R), the hypothetical posterior is p_j f(R_j) / Z with Z = sum_j p_j f(R_j), and its entropy is
//
//   H = log Z - 1/Z sum_c f_c (B_c + A_c log f_c),   A_c = sum of p_j,  B_c = sum of p_j log p_j
//
// over the models j with outcome c: sums over sets of models.

#include "assay/select/llm_selector.h"

#include <cmath>
#include <limits>

#include "assay/select/makers.h"
#include "assay/select/row_strategy.h"

namespace assay::select {
namespace {

double entropy_after(const WeakVerdicts& weak, QueryId query, std::size_t judge,
                     const BestModelPosterior& posterior, const SubsetSums& sums) {
  double z = 0;
  double sum = 0;
  for (std::size_t c = weak.complete() ? 1 : 0; c < kOutcomes; ++c) {
    const SubsetSums::Sum part = sums.over(weak.models_with(query, judge, static_cast<Outcome>(c)));
    const double likelihood = posterior.likelihood()[c];
    z += likelihood * part.mass;
    sum += likelihood * (part.p_log_p + part.mass * posterior.log_likelihood()[c]);
  }
  return std::log(z) - sum / z;
}

class LlmSelector : public RowRule {
 public:
  LlmSelector(const Problem& problem, const ParameterValues& parameters)
      : weak_(problem.weak),
        posterior_(problem.models, {.loss = parameters.at("e-loss"), .draw = parameters.at("e-draw")}) {}

  std::size_t choose(std::span<const QueryId> open) override {
    sums_.build(posterior_.probabilities());
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < open.size(); ++i) {
      const double expected = expected_entropy(*weak_, open[i], posterior_, sums_);
      if (expected < least) {
        least = expected;
        best = i;
      }
    }
    return best;
  }

  void update(std::span<const Outcome> row, double weight) override { posterior_.update(row, weight); }

  std::vector<double> posterior() const override {
    return {posterior_.probabilities().begin(), posterior_.probabilities().end()};
  }

 private:
  std::shared_ptr<const WeakVerdicts> weak_;
  BestModelPosterior posterior_;
  SubsetSums sums_;
};

}  // namespace

double expected_entropy(const WeakVerdicts& weak, QueryId query, const BestModelPosterior& posterior,
                        const SubsetSums& sums) {
  double sum = 0;
  for (std::size_t k = 0; k < weak.judges(); ++k) sum += entropy_after(weak, query, k, posterior, sums);
  return sum / static_cast<double>(weak.judges());
}

std::unique_ptr<Strategy> make_llm_selector(const Problem& problem, const ParameterValues& parameters) {
  return make_row_strategy(problem, std::make_unique<LlmSelector>(problem, parameters));
}

}  // namespace assay::select
