#include "assay/ensemble/single_vote.h"

#include <cmath>

namespace assay::ensemble {
namespace {

constexpr double kSmoothing = 2;       // queries' worth of prior for P(vote | label)
constexpr double kBiasSmoothing = 50;  // votes' worth of prior: biases are small, and letters are many

double log_odds(double share) { return std::log(share / (1 - share)); }

}  // namespace

SingleVote::SingleVote(const Training& training, ModelId model) : labels_(training.table.labels()) {
  if (training.table.kind() == LabelKind::classes) {
    count_classes(training, model);
  } else {
    count_options(training, model);
  }
}

void SingleVote::count_classes(const Training& training, ModelId model) {
  const LabelTable& table = training.table;
  counts_.assign((labels_ + 1) * labels_, 0.0);
  totals_.assign(labels_, 0.0);
  shares_.assign(labels_ + 1, 1.0);
  double all = static_cast<double>(labels_) + 1;
  const std::span<const Label> column = table.column(model);
  for (std::size_t i = 0; i < table.queries(); ++i) {
    const std::size_t truth = table.truths()[i] - 1U;
    counts_[column[i] * labels_ + truth] += training.weight(i);
    totals_[truth] += training.weight(i);
    shares_[column[i]] += training.weight(i);
    all += training.weight(i);
  }
  for (double& share : shares_) share /= all;
}

void SingleVote::count_options(const Training& training, ModelId model) {
  const LabelTable& table = training.table;
  const std::span<const Label> column = table.column(model);
  right_.assign(labels_ + 1, 0.0);
  votes_.assign(labels_ + 1, 0.0);
  double weighted_right = 1, weighted_votes = 2, offered = 0, answered = 0, all_right = 0;
  for (std::size_t i = 0; i < table.queries(); ++i) {
    const Label named = vote(column[i], table.offered()[i]);
    if (named == kUnanswered) continue;
    const bool is_right = named == table.truths()[i];
    votes_[named] += 1;
    right_[named] += is_right ? 1 : 0;
    answered += 1;
    all_right += is_right ? 1 : 0;
    offered += table.offered()[i];
    weighted_votes += training.weight(i);
    weighted_right += is_right ? training.weight(i) : 0;
  }
  letter_biases_.assign(labels_ + 1, 0.0);
  if (answered == 0) {
    strength_ = 0;
    return;
  }
  const double others = std::max(1.0, offered / answered - 1);
  strength_ = log_odds(weighted_right / weighted_votes) + std::log(others);
  usual_ = (all_right + 1) / (answered + 2);
  for (std::size_t letter = 1; letter <= labels_; ++letter)
    letter_biases_[letter] = bias_of(right_[letter], votes_[letter]);
}

double SingleVote::bias_of(double right, double votes) const {
  return log_odds((right + kBiasSmoothing * usual_) / (votes + kBiasSmoothing)) - log_odds(usual_);
}

double SingleVote::letter_bias_without(Label vote, bool right) const {
  return bias_of(right_[vote] - (right ? 1 : 0), votes_[vote] - 1);
}

double SingleVote::log_likelihood(Label vote, Label label, double seen) const {
  const std::size_t truth = label - 1U;
  const double count = counts_[vote * labels_ + truth] - seen + kSmoothing * shares_[vote];
  return std::log(count / (totals_[truth] - seen + kSmoothing));
}

}  // namespace assay::ensemble
