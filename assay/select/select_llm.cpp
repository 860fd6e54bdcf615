// SELECT-LLM (arXiv 2605.24981): with s_j the score of model j on the judged queries (a win 1, a draw 1/2), the
// posterior is
//
//   P(F = j) proportional to exp(s_j / t),
//
// and the next query is the one on which the models that may be best answer least alike,
//
//   q* = argmin_q  sum_ij p_i p_j sim_q(i, j).

#include <limits>

#include "assay/select/makers.h"
#include "assay/select/row_strategy.h"
#include "assay/stats/entropy.h"
#include "assay/text/similarity.h"

namespace assay::select {
namespace {

class SelectLlm : public RowRule {
 public:
  SelectLlm(const Problem& problem, const ParameterValues& parameters)
      : similarity_(problem.similarity), temperature_(parameters.at("temperature")), scores_(problem.models, 0.0) {}

  std::size_t choose(std::span<const QueryId> open) override {
    const std::vector<double> p = posterior();
    const std::vector<float> weights = similarity_->pair_weights(p);
    std::size_t best = 0;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < open.size(); ++i) {
      const float expected = similarity_->weighted_sum(open[i], weights);
      if (expected < least) {
        least = expected;
        best = i;
      }
    }
    return best;
  }

  void update(std::span<const Outcome> row, double weight) override {
    for (std::size_t j = 0; j < row.size(); ++j) scores_[j] += weight * worth(row[j]);
  }

  std::vector<double> posterior() const override {
    std::vector<double> p(scores_.size());
    for (std::size_t j = 0; j < p.size(); ++j) p[j] = scores_[j] / temperature_;
    stats::normalize_log(p);
    return p;
  }

 private:
  std::shared_ptr<const text::SimilarityTable> similarity_;
  double temperature_;
  std::vector<double> scores_;
};

}  // namespace

std::unique_ptr<Strategy> make_select_llm(const Problem& problem, const ParameterValues& parameters) {
  return make_row_strategy(problem, std::make_unique<SelectLlm>(problem, parameters));
}

}  // namespace assay::select
