#pragma once

#include <cstddef>
#include <vector>

#include "assay/ensemble/training.h"

namespace assay::ensemble {

/// What the vote of one model says of the true label, learnt from training queries.
///
/// Labels that are classes: the log likelihood log P(vote | label), from counts with a little smoothing towards the
/// share of the vote.
///
/// Options: a vote counts for the option that it names, by the log odds log(p (K - 1) / (1 - p)) of a model that is
/// right with probability p among K options (p of those queries that it answers). Models have favourite letters, so
/// each letter has a *letter bias*: how much surer, in log odds, votes for that letter are than the others. It does
/// not depend on the task, so all queries count alike.
class SingleVote {
 public:
  /// O(n + L^2) for classes, O(n + L) for options.
  SingleVote(const Training& training, ModelId model);

  /// Options: log odds. Classes: 1.
  double strength() const { return strength_; }
  /// Options: added to the log odds of a vote for that letter.
  double letter_bias(Label vote) const { return letter_biases_[vote]; }
  /// The same, learnt without a query on which the model voted so: a query must not learn from itself.
  double letter_bias_without(Label vote, bool right) const;
  /// Classes: log P(vote | label); `seen` is how much of the counts is the query itself and is taken out of them.
  double log_likelihood(Label vote, Label label, double seen = 0) const;

 private:
  void count_classes(const Training& training, ModelId model);
  void count_options(const Training& training, ModelId model);
  double bias_of(double right, double votes) const;

  std::size_t labels_;
  double strength_ = 1;
  std::vector<double> letter_biases_;  // L + 1
  std::vector<double> right_;          // L + 1, options: right votes, by letter
  std::vector<double> votes_;          // L + 1, options: votes
  double usual_ = 0.5;                 // options: share of the votes that are right
  std::vector<double> counts_;         // (L + 1) x L: queries by vote and true label
  std::vector<double> totals_;         // L: queries by true label
  std::vector<double> shares_;         // L + 1: share of each vote
};

}  // namespace assay::ensemble
