#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/single_vote.h"

namespace assay::ensemble {

/// Grows an ensemble by the likelihood of the true labels under a conditional logit on the votes: where patterns of
/// votes are too many to be counted, k + 1 weights still tell how much another member says. The gain in mean log
/// likelihood is a lower bound of I(Y; X_j | X_S), and close where votes add up.
class LogitSearch {
 public:
  /// O(n (m + L)).
  explicit LogitSearch(const Training& training);

  /// Gain in nats, summed over the queries by weight, if `candidate` joins and the weights of the members stay what
  /// they are: the best of its own weight. O(n) for options, O(n L) for classes. May be called from many threads.
  double gain(ModelId candidate) const;

  /// Log likelihood of each query (weight > 0) with the members and `candidate`, all weights fitted together.
  struct Fit {
    std::vector<double> weights;
    std::vector<double> rows;  ///< Log likelihoods, unweighted.
    double total = 0;          ///< By weight.
  };
  Fit fitted(ModelId candidate) const;

  /// `fit` is what `fitted(member)` gave.
  void add(ModelId member, const Fit& fit);

  const Ensemble& members() const { return members_; }
  /// By weight, of the members.
  double log_likelihood() const { return total_; }
  /// Weights of the queries whose weight is positive.
  std::span<const double> weights() const { return weights_; }

 private:
  double gain_of_option(const SingleVote& single, std::span<const Label> column) const;
  double gain_of_class(const SingleVote& single, std::span<const Label> column) const;

  Training training_;
  std::vector<SingleVote> singles_;
  Ensemble members_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> queries_;  // whose weight is positive
  std::vector<double> shares_;          // a query each: P of each label, L values, by the members' votes
  double bias_weight_ = 1;              // of the letter biases
  double scale_ = 0.7;                  // of naive weights: where a search for a weight begins
  double total_;
};

}  // namespace assay::ensemble
