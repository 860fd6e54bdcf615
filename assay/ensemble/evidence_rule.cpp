// logit(a) = prior(a) + sum over the members of evidence(member, vote, a); P = softmax over the offered labels. So
// all rules that add up what single votes say decide (linear_rules.cpp), whatever their evidence was learnt by.

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/core/error.h"
#include "assay/ensemble/makers.h"
#include "assay/ensemble/rule_numbers.h"

namespace assay::ensemble {
namespace {

constexpr double kClear = 1e-6;  // nats: what is nearer is left to the whole count

class EvidenceRule : public VoteRule {
 public:
  EvidenceRule(RuleNumbers numbers, std::size_t members, std::size_t labels)
      : numbers_(std::move(numbers)), members_(members), labels_(labels) {}

  void probabilities(std::span<const Label> votes, Label offered, std::span<double> result) const override {
    std::fill(result.begin(), result.end(), 0.0);
    const std::span<double> logits = result.first(by_name() ? offered : labels_);
    sum(votes, offered, logits);
    const double largest = *std::max_element(logits.begin(), logits.end());
    double all = 0;
    for (double& logit : logits) all += logit = std::exp(logit - largest);
    for (double& logit : logits) logit /= all;
  }

  bool settled(std::span<const Label> votes, Label offered, Label label) const override {
    std::vector<double> logits(by_name() ? offered : labels_, 0.0);
    sum(votes, offered, logits);
    for (std::size_t rival = 1; rival <= logits.size(); ++rival) {
      if (rival == label) continue;
      double ahead = logits[label - 1U] - logits[rival - 1];
      for (std::size_t j = 0; j < members_; ++j) {
        const bool asked = j < votes.size();
        if (!asked) ahead += worst(j, logits.size(), label, rival);
      }
      if (!(ahead > kClear)) return false;
    }
    return true;
  }

  RuleNumbers numbers() const override { return numbers_; }

 private:
  bool by_name() const { return numbers_.prior.empty(); }

  double to_named(std::size_t member, std::size_t vote) const {
    return numbers_.evidence[member * (labels_ + 1) + vote];
  }
  const double* to_each(std::size_t member, std::size_t vote) const {
    return numbers_.evidence.data() + (member * (labels_ + 1) + vote) * labels_;
  }

  void sum(std::span<const Label> votes, Label offered, std::span<double> logits) const {
    if (!by_name()) std::copy_n(numbers_.prior.begin(), logits.size(), logits.begin());
    for (std::size_t j = 0; j < votes.size(); ++j) {
      if (votes[j] == kNotRun) continue;
      if (by_name()) {
        const Label named = vote(votes[j], offered);
        if (named != kUnanswered) logits[named - 1U] += to_named(j, named);
      } else {
        for (std::size_t a = 0; a < logits.size(); ++a) logits[a] += to_each(j, votes[j])[a];
      }
    }
  }

  // What a member's vote can do at worst to how far `label` is ahead of `rival`; it may also not answer.
  double worst(std::size_t member, std::size_t count, std::size_t label, std::size_t rival) const {
    if (by_name()) return std::min({0.0, to_named(member, label), -to_named(member, rival)});
    double least = 0;
    for (std::size_t vote = 0; vote <= count; ++vote) {
      const double* evidence = to_each(member, vote);
      least = std::min(least, evidence[label - 1] - evidence[rival - 1]);
    }
    return least;
  }

  RuleNumbers numbers_;
  std::size_t members_, labels_;
};

}  // namespace

std::unique_ptr<VoteRule> make_evidence_rule(RuleNumbers numbers, std::size_t members, std::size_t labels,
                                             LabelKind kind) {
  const std::size_t votes = members * (labels + 1);
  const bool by_name = numbers.prior.empty();
  const bool fits = by_name ? numbers.evidence.size() == votes
                            : kind == LabelKind::classes && numbers.prior.size() == labels &&
                                  numbers.evidence.size() == votes * labels;
  const auto finite = [](double value) { return std::isfinite(value); };
  if (!fits || !std::all_of(numbers.evidence.begin(), numbers.evidence.end(), finite) ||
      !std::all_of(numbers.prior.begin(), numbers.prior.end(), finite)) {
    throw InvalidArgument("the evidence of votes does not fit the members and the labels");
  }
  return std::make_unique<EvidenceRule>(std::move(numbers), members, labels);
}

std::unique_ptr<VoteRule> make_rule(RuleNumbers numbers, std::size_t members, std::size_t labels, LabelKind kind) {
  if (members == 0 || labels == 0 || labels > kMostLabels) {
    throw InvalidArgument("a rule for votes needs members and labels");
  }
  return numbers.nodes.empty() ? make_evidence_rule(std::move(numbers), members, labels, kind)
                               : make_pattern_rule(std::move(numbers), members, labels, kind);
}

}  // namespace assay::ensemble
