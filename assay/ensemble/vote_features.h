#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/ensemble/single_vote.h"
#include "assay/stats/conditional_logit.h"

namespace assay::ensemble {

/// The labels that votes speak of, with k + 1 features each.
struct Alternatives {
  std::vector<Label> labels;     ///< Options: those voted for, in the order of the members. Classes: all.
  std::vector<double> features;  ///< k + 1 of each label.
  double others = 0;             ///< Number of offered labels that nobody voted for; their features are all 0.
};

/// Votes of k members as the k + 1 features of a conditional logit. Options: a feature is 1 where the member votes
/// for the option; the last one is the sum of the voters' letter biases. Classes: a feature is the member's log
/// P(vote | label); the last one is the label's log share among the queries. With Content::names classes are as
/// options, but without letter biases.
class VoteFeatures {
 public:
  enum class Content { log_likelihoods, names };

  VoteFeatures(const Training& training, std::span<const ModelId> members,
               Content content = Content::log_likelihoods);

  /// Whether a vote speaks of the label that it names alone, not of every one.
  bool by_name() const { return named_; }
  std::size_t count() const { return votes_.size() + 1; }
  /// What weights a naive Bayes vote gives the features, that is if the members erred independently: the log odds
  /// of each member, or 1.
  const std::vector<double>& naive() const { return naive_; }
  /// k votes, none of them kNotRun.
  void describe(std::span<const Label> votes, Label offered, Alternatives& result) const;
  /// The training queries; the counts behind a query's features leave it out.
  stats::Choices choices(const Training& training) const;

 private:
  /// `truth`: of a training query, which is left out of what its features were learnt from; else kUnanswered.
  void describe_names(std::span<const Label> votes, Label offered, Label truth, Alternatives& result) const;
  void describe_classes(std::span<const Label> votes, Label truth, double seen, Alternatives& result) const;

  bool named_;  // only labels that are voted for have features
  bool with_letter_bias_;
  std::vector<ModelId> members_;
  std::vector<SingleVote> votes_;
  std::vector<double> naive_;
  std::vector<double> log_shares_;  // L, of the true labels
};

}  // namespace assay::ensemble
