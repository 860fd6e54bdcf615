// Rules that add up what single votes say: logit(a) = sum of w_j f_j(a), P(a) = softmax over the offered labels
// (features: vote_features.h). They differ by the weights:
//
//   majority   all votes alike, c [x_j = a]; c is fitted, so that the probabilities are calibrated
//   log-odds   c times the naive Bayes weights: the log odds log(p_j (K - 1) / (1 - p_j)), or log P(vote | label)
//   logit      weights of their own, shrunk towards log-odds (vote_weights.cpp): members that err together share a
//              weight

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/ensemble/makers.h"
#include "assay/ensemble/vote_features.h"
#include "assay/ensemble/vote_weights.h"

namespace assay::ensemble {
namespace {

class LinearRule : public VoteRule {
 public:
  LinearRule(VoteFeatures features, std::vector<double> weights)
      : features_(std::move(features)), weights_(std::move(weights)) {}

  void probabilities(std::span<const Label> votes, Label offered, std::span<double> result) const override {
    Alternatives alternatives;
    features_.describe(votes, offered, alternatives);
    const std::size_t p = weights_.size();
    std::vector<double> logits(alternatives.labels.size(), 0.0);
    double largest = 0;
    for (std::size_t a = 0; a < logits.size(); ++a) {
      for (std::size_t f = 0; f < p; ++f) logits[a] += weights_[f] * alternatives.features[a * p + f];
      largest = a == 0 && alternatives.others == 0 ? logits[a] : std::max(largest, logits[a]);
    }
    const double other = std::exp(-largest);
    double sum = alternatives.others * other;
    for (double& logit : logits) sum += logit = std::exp(logit - largest);
    std::fill(result.begin(), result.begin() + offered, other / sum);
    std::fill(result.begin() + offered, result.end(), 0.0);
    for (std::size_t a = 0; a < logits.size(); ++a) result[alternatives.labels[a] - 1U] = logits[a] / sum;
  }

 private:
  VoteFeatures features_;
  std::vector<double> weights_;
};

}  // namespace

std::unique_ptr<VoteRule> make_majority(const Training& training, std::span<const ModelId> members) {
  VoteFeatures features(training, members, VoteFeatures::Content::names);
  std::vector<double> weights =
      scaled_weights(features.choices(training), std::vector<double>(features.count(), 1.0), false);
  return std::make_unique<LinearRule>(std::move(features), std::move(weights));
}

std::unique_ptr<VoteRule> make_log_odds(const Training& training, std::span<const ModelId> members) {
  VoteFeatures features(training, members);
  const bool last =
      training.table.kind() == LabelKind::classes;  // how frequent the label is; letter biases are left out
  std::vector<double> weights = scaled_weights(features.choices(training), features.naive(), last);
  return std::make_unique<LinearRule>(std::move(features), std::move(weights));
}

std::unique_ptr<VoteRule> make_logit(const Training& training, std::span<const ModelId> members) {
  // Queries of other tasks count in full at first; then the task's own pull the weights to where it wants them.
  const Training all{training.table};
  VoteFeatures features(all, members);
  stats::Choices choices = features.choices(all);
  std::vector<double> weights = shrunken_weights(choices, scaled_weights(choices, features.naive(), true));
  if (!training.weights.empty()) {
    std::vector<double> own(training.weights.begin(), training.weights.end());
    for (double& weight : own) weight = weight < 1 ? 0 : weight;
    choices.weigh(own);
    weights = shrunken_weights(choices, weights);
  }
  return std::make_unique<LinearRule>(std::move(features), std::move(weights));
}

}  // namespace assay::ensemble
