// All ensembles of k models: what greedy search is measured by. An ensemble is worth the information that counts
// tell (vote_counts.h), or, where those are too thin for the k most accurate models, the likelihood of a
// conditional logit.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "assay/core/error.h"
#include "assay/ensemble/makers.h"
#include "assay/ensemble/vote_counts.h"
#include "assay/ensemble/vote_features.h"
#include "assay/ensemble/vote_weights.h"

namespace assay::ensemble {
namespace {

constexpr double kMostCounted = 20'000;
constexpr double kMostFitted = 2'000;

double binomial(std::size_t m, std::size_t k) {
  double count = 1;
  for (std::size_t i = 1; i <= k; ++i) count = count * static_cast<double>(m - k + i) / static_cast<double>(i);
  return std::round(count);
}

bool can_be_counted(const SelectionProblem& problem, std::size_t size) {
  VoteCounts counts(problem.training.table);
  const std::vector<ModelId> order = by_accuracy(accuracies(problem.training));
  for (std::size_t j = 0; j + 1 < size; ++j) counts.add(order[j]);
  return counts.with(order[size - 1]).reliable();
}

class Search {
 public:
  Search(const SelectionProblem& problem, std::size_t size, bool counted)
      : problem_(problem), size_(size), counted_(counted) {}

  Ensemble run() {
    descend({}, VoteCounts(problem_.training.table), 0, 0);
    return best_;
  }

 private:
  void descend(const Ensemble& members, const VoteCounts& counts, std::size_t from, std::int64_t spent) {
    const std::size_t m = problem_.training.table.models();
    for (std::size_t j = from; j + (size_ - members.size()) <= m; ++j) {
      const std::int64_t cost = spent + (problem_.budget ? problem_.prices[j] : 0);
      if (problem_.budget && cost > *problem_.budget) continue;
      Ensemble more = members;
      more.push_back(model_id(j));
      if (more.size() < size_) {
        VoteCounts next = counts;
        if (counted_) next.add(model_id(j));
        descend(more, next, j + 1, cost);
        continue;
      }
      const double value = counted_ ? counts.with(model_id(j)).nats : likelihood(more);
      if (value > highest_) {
        highest_ = value;
        best_ = more;
      }
    }
  }

  double likelihood(const Ensemble& members) const {
    const VoteFeatures features(problem_.training, members);
    const stats::Choices choices = features.choices(problem_.training);
    const std::vector<double> target = scaled_weights(choices, features.naive(), true);
    return stats::log_likelihood(choices, loose_weights(choices, target, target));
  }

  const SelectionProblem& problem_;
  std::size_t size_;
  bool counted_;
  double highest_ = -std::numeric_limits<double>::infinity();
  Ensemble best_;
};

}  // namespace

Ensemble choose_exhaustive(const SelectionProblem& problem) {
  check(problem);
  const std::size_t m = problem.training.table.models();
  // With a budget the largest size that somebody can pay; without, the size.
  for (std::size_t size = problem.size; size >= 1; --size) {
    const double count = binomial(m, size);
    const bool counted = can_be_counted(problem, size);
    const double most = counted ? kMostCounted : kMostFitted;
    if (count > most) {
      throw InvalidArgument("exhaustive search would look at " + std::to_string(static_cast<long long>(count)) +
                            " ensembles of " + std::to_string(size) + " of " + std::to_string(m) + " models; " +
                            std::to_string(static_cast<long long>(most)) + " are the most" +
                            (counted ? "" : " where patterns of votes are too many to be counted"));
    }
    Ensemble members = Search(problem, size, counted).run();
    if (!members.empty()) {
      const std::vector<double> accuracy = accuracies(problem.training);
      std::stable_sort(members.begin(), members.end(),
                       [&](ModelId a, ModelId b) { return accuracy[index(a)] > accuracy[index(b)]; });
      return members;
    }
  }
  return {};
}

}  // namespace assay::ensemble
