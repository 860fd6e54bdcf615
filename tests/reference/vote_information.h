#pragma once

#include <vector>

namespace assay::reference {

/// Models that vote independently of each other given the true label.
struct IndependentVotes {
  std::size_t labels = 2;
  std::vector<double> prior;  ///< P(label), L.
  /// A model each: P(vote | label), (L + 1) x L, row 0 being no answer.
  std::vector<std::vector<double>> votes;
};

/// I(Y; X_1 .. X_k) in nats of the first k models, by summing over all (L + 1)^k patterns. Of several models of the
/// votes each query follows one, all equally likely: so votes depend on each other.
double information(const std::vector<IndependentVotes>& mixture, std::size_t k);

/// Binary votes with right-or-wrong votes of given accuracies, which speak of L options at random: P(vote = label)
/// = p, each other label (1 - p - none) / (L - 1), no answer `none`.
IndependentVotes symmetric_votes(std::size_t labels, const std::vector<double>& accuracy, double none = 0);

}  // namespace assay::reference
