// Bradley-Terry coefficients (a baseline of arXiv 2510.09418, section 5): model j beats the baseline with
// probability 1 / (1 + exp(-theta_j)), theta_j ~ N(0, 1), a draw being half a win; posterior by Laplace's method.
// The next query is the one whose row is expected to leave the coefficients least uncertain,
//
//   argmin_q  1/z sum_k sum_j log sd(theta_j | A + R^k_qj),
//
// the weak judges playing the unknown row (the coefficients know nothing of queries, so without them every query
// would be as good as any other; this is how we read the paper, which names the strategy and no more).

#include "assay/stats/bradley_terry.h"

#include <array>
#include <cmath>
#include <limits>

#include "assay/select/makers.h"
#include "assay/select/row_strategy.h"
#include "assay/select/weak_verdicts.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr double kPriorDeviation = 1.0;

class BradleyTerry : public RowRule {
 public:
  explicit BradleyTerry(const Problem& problem)
      : wins_(problem.models, 0.0), losses_(problem.models, 0.0), fits_(problem.models) {
    for (stats::Coefficient& fit : fits_) fit = stats::bradley_terry_coefficient(0, 0, kPriorDeviation);
    // Votes by query, model and outcome, so that a query's score is one product of vectors.
    const WeakVerdicts& weak = *problem.weak;
    votes_.resize(weak.queries());
    for (const QueryId query : problem.pool) {
      std::vector<float>& votes = votes_[index(query)];
      for (std::size_t j = 0; j < problem.models; ++j) {
        const auto counts = weak.votes(query, model_id(j));
        for (const Outcome outcome : kJudged) {
          votes.push_back(static_cast<float>(counts[static_cast<std::size_t>(outcome)]));
        }
      }
    }
  }

  std::size_t choose(std::span<const QueryId> open) override {
    const std::vector<float> gain = gains();
    std::size_t best = 0;
    float least = std::numeric_limits<float>::infinity();
    for (std::size_t i = 0; i < open.size(); ++i) {
      const std::vector<float>& votes = votes_[index(open[i])];
      float score = 0;
      for (std::size_t c = 0; c < gain.size(); ++c) score += votes[c] * gain[c];
      if (score < least) {
        least = score;
        best = i;
      }
    }
    return best;
  }

  void update(std::span<const Outcome> row, double weight) override {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == Outcome::none) continue;
      wins_[j] += weight * worth(row[j]);
      losses_[j] += weight * (1.0 - worth(row[j]));
      fits_[j] = stats::bradley_terry_coefficient(wins_[j], losses_[j], kPriorDeviation, fits_[j].mean);
    }
  }

  std::vector<double> posterior() const override {
    std::vector<double> means;
    std::vector<double> deviations;
    for (const stats::Coefficient& fit : fits_) {
      means.push_back(fit.mean);
      deviations.push_back(fit.deviation);
    }
    return stats::probability_of_largest(means, deviations);
  }

 private:
  static constexpr std::array kJudged = {Outcome::loss, Outcome::draw, Outcome::win};

  // Change of log sd(theta_j) by one more verdict of each kind; m x 3.
  std::vector<float> gains() const {
    std::vector<float> gain;
    gain.reserve(3 * fits_.size());
    for (std::size_t j = 0; j < fits_.size(); ++j) {
      for (const Outcome outcome : kJudged) {
        const double won = worth(outcome);
        const stats::Coefficient after =
            stats::bradley_terry_coefficient(wins_[j] + won, losses_[j] + 1 - won, kPriorDeviation, fits_[j].mean);
        gain.push_back(static_cast<float>(std::log(after.deviation / fits_[j].deviation)));
      }
    }
    return gain;
  }

  std::vector<double> wins_;
  std::vector<double> losses_;
  std::vector<stats::Coefficient> fits_;
  std::vector<std::vector<float>> votes_;
};

}  // namespace

std::unique_ptr<Strategy> make_bradley_terry(const Problem& problem, const ParameterValues& /*parameters*/) {
  return make_row_strategy(problem, std::make_unique<BradleyTerry>(problem));
}

}  // namespace assay::select
