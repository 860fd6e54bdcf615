#include "assay/ensemble/vote_features.h"

#include <algorithm>
#include <cmath>

namespace assay::ensemble {
namespace {

std::vector<double> log_shares(const Training& training) {
  const LabelTable& table = training.table;
  std::vector<double> shares(table.labels(), 1.0);
  double all = static_cast<double>(table.labels());
  for (std::size_t i = 0; i < table.queries(); ++i) {
    shares[table.truths()[i] - 1U] += training.weight(i);
    all += training.weight(i);
  }
  for (double& share : shares) share = std::log(share / all);
  return shares;
}

}  // namespace

VoteFeatures::VoteFeatures(const Training& training, std::span<const ModelId> members, Content content)
    : named_(training.table.kind() == LabelKind::options || content == Content::names),
      with_letter_bias_(content == Content::log_likelihoods),
      members_(members.begin(), members.end()) {
  votes_.reserve(members.size());
  for (const ModelId member : members) {
    votes_.emplace_back(training, member);
    naive_.push_back(votes_.back().strength());
  }
  naive_.push_back(named_ ? 0.5 : 1);
  if (!named_) log_shares_ = log_shares(training);
}

void VoteFeatures::describe(std::span<const Label> votes, Label offered, Alternatives& result) const {
  if (named_) {
    describe_names(votes, offered, kUnanswered, result);
  } else {
    describe_classes(votes, kUnanswered, 0, result);
  }
}

void VoteFeatures::describe_names(std::span<const Label> votes, Label offered, Label truth,
                                  Alternatives& result) const {
  const std::size_t p = count();
  result.labels.clear();
  result.features.clear();
  for (std::size_t j = 0; j < votes.size(); ++j) {
    const Label named = vote(votes[j], offered);
    if (named == kUnanswered) continue;
    const auto found = std::find(result.labels.begin(), result.labels.end(), named);
    const auto at = static_cast<std::size_t>(found - result.labels.begin());
    if (found == result.labels.end()) {
      result.labels.push_back(named);
      result.features.resize(result.features.size() + p, 0.0);
    }
    result.features[at * p + j] = 1;
    if (!with_letter_bias_) continue;
    result.features[at * p + p - 1] +=
        truth == kUnanswered ? votes_[j].letter_bias(named) : votes_[j].letter_bias_without(named, named == truth);
  }
  result.others = static_cast<double>(offered) - static_cast<double>(result.labels.size());
}

void VoteFeatures::describe_classes(std::span<const Label> votes, Label truth, double seen,
                                    Alternatives& result) const {
  result.labels.clear();
  result.features.clear();
  result.others = 0;
  for (std::size_t a = 1; a <= log_shares_.size(); ++a) {
    const auto label = static_cast<Label>(a);
    result.labels.push_back(label);
    for (std::size_t j = 0; j < votes.size(); ++j) {
      result.features.push_back(votes_[j].log_likelihood(votes[j], label, label == truth ? seen : 0));
    }
    result.features.push_back(log_shares_[a - 1]);
  }
}

stats::Choices VoteFeatures::choices(const Training& training) const {
  const LabelTable& table = training.table;
  std::size_t used = 0;
  for (std::size_t i = 0; i < table.queries(); ++i) used += training.weight(i) > 0 ? 1 : 0;
  stats::Choices result(count());
  result.reserve(used, used * (named_ ? 3 : table.labels()));
  std::vector<Label> votes(members_.size());
  Alternatives alternatives;
  for (std::size_t i = 0; i < table.queries(); ++i) {
    const double weight = training.weight(i);
    if (!(weight > 0)) continue;
    for (std::size_t j = 0; j < members_.size(); ++j) votes[j] = table.prediction(query_id(i), members_[j]);
    const Label truth = table.truths()[i];
    if (named_) {
      describe_names(votes, table.offered()[i], truth, alternatives);
    } else {
      describe_classes(votes, truth, weight, alternatives);
    }
    const auto found = std::find(alternatives.labels.begin(), alternatives.labels.end(), truth);
    result.add(alternatives.features, alternatives.others,
               found == alternatives.labels.end() ? stats::Choices::kNone
                                                  : static_cast<std::size_t>(found - alternatives.labels.begin()),
               weight);
  }
  return result;
}

}  // namespace assay::ensemble
