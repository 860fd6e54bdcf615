// Greedy mutual information (arXiv 2602.08003): S grows by argmax over j of I(Y; X_j | X_S).
//
// As long as patterns of votes come up often enough, the information is counted (vote_counts.h). Where the counts
// are too thin, they flatter whoever splits the queries most; from then on it is the gain in log likelihood of a
// conditional logit (logit_search.h), whose k + 1 weights so many queries can bear. With a budget a candidate's
// gain is counted per price, and the result is compared with that of gains alone: the one that tells more is taken
// (Leskovec et al. 2007, "Cost-effective outbreak detection in networks").

#include <algorithm>
#include <optional>

#include "assay/core/parallel.h"
#include "assay/ensemble/logit_search.h"
#include "assay/ensemble/makers.h"
#include "assay/ensemble/vote_counts.h"

namespace assay::ensemble {
namespace {

class GreedyInformation {
 public:
  GreedyInformation(const SelectionProblem& problem, bool by_price)
      : problem_(problem), by_price_(by_price), selection_(problem), counts_(problem.training.table) {}

  Ensemble run() {
    while (!selection_.full()) {
      const std::vector<ModelId> candidates = affordable();
      if (candidates.empty()) break;
      if (!search_ && !count(candidates)) begin_search();
      if (search_) estimate(candidates);
    }
    return selection_.members();
  }

  // What the members tell, by the conditional logit: to compare two runs by one measure.
  double log_likelihood() {
    if (!search_) begin_search();
    return search_->log_likelihood();
  }

 private:
  std::vector<ModelId> affordable() const {
    std::vector<ModelId> models;
    for (std::size_t j = 0; j < problem_.training.table.models(); ++j) {
      if (selection_.may_take(model_id(j))) models.push_back(model_id(j));
    }
    return models;
  }

  double worth(double gain, ModelId candidate) const {
    if (!by_price_) return gain;
    return gain / std::max(1.0, static_cast<double>(problem_.prices[index(candidate)]));
  }

  // False, and nothing is taken, if the counts are too thin for the best candidate.
  bool count(const std::vector<ModelId>& candidates) {
    std::vector<CountedInformation> information(candidates.size());
    parallel_for(candidates.size(), problem_.threads,
                 [&](std::size_t c) { information[c] = counts_.with(candidates[c]); });
    std::size_t best = 0;
    for (std::size_t c = 1; c < candidates.size(); ++c) {
      if (worth(information[c].nats - information_, candidates[c]) >
          worth(information[best].nats - information_, candidates[best])) {
        best = c;
      }
    }
    if (!information[best].reliable()) return false;
    information_ = information[best].nats;
    selection_.take(candidates[best]);
    counts_.add(candidates[best]);
    return true;
  }

  void begin_search() {
    search_.emplace(problem_.training);
    for (const ModelId member : selection_.members()) search_->add(member, search_->fitted(member));
  }

  // The candidates with the largest gains while all other weights stay are fitted together with the members.
  void estimate(const std::vector<ModelId>& candidates) {
    constexpr std::size_t kGreedyFitted = 3;
    std::vector<double> gains(candidates.size());
    parallel_for(candidates.size(), problem_.threads,
                 [&](std::size_t c) { gains[c] = worth(search_->gain(candidates[c]), candidates[c]); });
    std::vector<std::size_t> order(candidates.size());
    for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return gains[a] > gains[b]; });
    order.resize(std::min(kGreedyFitted, order.size()));
    std::vector<LogitSearch::Fit> fits(order.size());
    parallel_for(order.size(), problem_.threads,
                 [&](std::size_t f) { fits[f] = search_->fitted(candidates[order[f]]); });
    std::size_t best = 0;
    const double before = search_->log_likelihood();
    for (std::size_t f = 1; f < fits.size(); ++f) {
      const double ahead = worth(fits[f].total - before, candidates[order[f]]);
      if (ahead > worth(fits[best].total - before, candidates[order[best]])) best = f;
    }
    selection_.take(candidates[order[best]]);
    search_->add(candidates[order[best]], fits[best]);
  }

  const SelectionProblem& problem_;
  bool by_price_;
  BudgetedSelection selection_;
  VoteCounts counts_;
  double information_ = 0;
  std::optional<LogitSearch> search_;
};

}  // namespace

Ensemble choose_greedy_information(const SelectionProblem& problem) {
  check(problem);
  GreedyInformation plain(problem, false);
  Ensemble members = plain.run();
  if (!problem.budget) return members;
  GreedyInformation frugal(problem, true);
  Ensemble others = frugal.run();
  return frugal.log_likelihood() > plain.log_likelihood() ? others : members;
}

}  // namespace assay::ensemble
