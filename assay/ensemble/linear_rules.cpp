// Rules that add up what single votes say: logit(a) = sum of w_j f_j(a), P(a) = softmax over the offered labels
// (features: vote_features.h). They differ by the weights:
//
//   majority   all votes alike, c [x_j = a]; c is fitted, so that the probabilities are calibrated
//   log-odds   c times the naive Bayes weights: the log odds log(p_j (K - 1) / (1 - p_j)), or log P(vote | label)
//   logit      weights of their own, shrunk towards log-odds (vote_weights.cpp): members that err together share a
//              weight

#include <algorithm>
#include <utility>

#include "assay/ensemble/makers.h"
#include "assay/ensemble/vote_features.h"
#include "assay/ensemble/vote_weights.h"

namespace assay::ensemble {
namespace {

// What each vote comes to under the weights.
std::unique_ptr<VoteRule> rule_of(const VoteFeatures& features, std::span<const double> weights,
                                  const LabelTable& table) {
  const std::size_t p = features.count(), members = p - 1, labels = table.labels();
  RuleNumbers numbers;
  Alternatives alternatives;
  std::vector<Label> votes(members, kUnanswered);
  if (features.by_name()) {
    numbers.evidence.assign(members * (labels + 1), 0.0);
    for (std::size_t j = 0; j < members; ++j) {
      for (std::size_t named = 1; named <= labels; ++named) {
        votes[j] = static_cast<Label>(named);
        features.describe(votes, static_cast<Label>(labels), alternatives);
        double& evidence = numbers.evidence[j * (labels + 1) + named];
        for (std::size_t f = 0; f < p; ++f) evidence += weights[f] * alternatives.features[f];
      }
      votes[j] = kUnanswered;
    }
    return make_evidence_rule(std::move(numbers), members, labels, table.kind());
  }
  numbers.evidence.resize(members * (labels + 1) * labels);
  for (std::size_t named = 0; named <= labels; ++named) {
    std::fill(votes.begin(), votes.end(), static_cast<Label>(named));
    features.describe(votes, static_cast<Label>(labels), alternatives);
    for (std::size_t a = 0; a < labels; ++a) {
      for (std::size_t j = 0; j < members; ++j) {
        numbers.evidence[(j * (labels + 1) + named) * labels + a] = weights[j] * alternatives.features[a * p + j];
      }
    }
  }
  for (std::size_t a = 0; a < labels; ++a) {
    numbers.prior.push_back(weights[p - 1] * alternatives.features[a * p + p - 1]);
  }
  return make_evidence_rule(std::move(numbers), members, labels, table.kind());
}

}  // namespace

std::unique_ptr<VoteRule> make_majority(const Training& training, std::span<const ModelId> members) {
  const VoteFeatures features(training, members, VoteFeatures::Content::names);
  const std::vector<double> weights =
      scaled_weights(features.choices(training), std::vector<double>(features.count(), 1.0), false);
  return rule_of(features, weights, training.table);
}

std::unique_ptr<VoteRule> make_log_odds(const Training& training, std::span<const ModelId> members) {
  const VoteFeatures features(training, members);
  const bool last =
      training.table.kind() == LabelKind::classes;  // how frequent the label is; letter biases are left out
  const std::vector<double> weights = scaled_weights(features.choices(training), features.naive(), last);
  return rule_of(features, weights, training.table);
}

std::unique_ptr<VoteRule> make_logit(const Training& training, std::span<const ModelId> members) {
  // Queries of other tasks count in full at first; then the task's own pull the weights to where it wants them.
  const Training all{training.table};
  const VoteFeatures features(all, members);
  stats::Choices choices = features.choices(all);
  std::vector<double> weights = shrunken_weights(choices, scaled_weights(choices, features.naive(), true));
  if (!training.weights.empty()) {
    std::vector<double> own(training.weights.begin(), training.weights.end());
    for (double& weight : own) weight = weight < 1 ? 0 : weight;
    choices.weigh(own);
    weights = shrunken_weights(choices, weights);
  }
  return rule_of(features, weights, training.table);
}

}  // namespace assay::ensemble
