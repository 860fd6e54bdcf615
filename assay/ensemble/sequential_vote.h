#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "assay/ensemble/rule_numbers.h"
#include "assay/ensemble/training.h"
#include "assay/ensemble/vote_rule.h"

// Asks the members of an ensemble one after the other, and stops when the rest can't change the answer or hardly
// will. An example of use:
//
//   const SequentialVote ensemble = learn_sequential_vote(vote_rule("logit"), training, training, members);
//   std::vector<Label> votes;
//   SequentialStep step = ensemble.next(votes, offered, 0.93);
//   for (; !step.done; step = ensemble.next(votes, offered, 0.93)) votes.push_back(ask(members[step.member]));
//   step.answer;

namespace assay::ensemble {

/// When to stop, after some votes: the chance that all members together would answer the same is
/// 1 / (1 + exp(-(intercept + slope * margin))), and the margin is log(p1 / p2) of the two most probable labels.
struct StopNumbers {
  double intercept = 0;
  double slope = 0;  ///< >= 0
};

/// All that an ensemble of k members decides by.
struct SequentialNumbers {
  LabelKind kind = LabelKind::classes;
  std::size_t labels = 0;
  std::vector<RuleNumbers> rules;    ///< k: of the first 1 .. k members.
  std::vector<std::size_t> ranking;  ///< k: positions of the members, most accurate first, for ties.
  std::vector<StopNumbers> stops;    ///< k - 1: after 1 .. k - 1 votes.
};

/// Why no more members are asked.
enum class StopReason : std::uint8_t {
  goes_on,      ///< There is a member to ask.
  all_asked,    ///< There is none left.
  settled,      ///< Whatever the others vote, the answer stays.
  sure_enough,  ///< The chance that it stays is as large as was wanted.
};

/// What to do after some votes.
struct SequentialStep {
  bool done = false;
  StopReason reason = StopReason::goes_on;
  std::size_t member = 0;  ///< Position of the member to ask next, unless done.
  Answer answer;           ///< By the votes so far; of use before the end too.
  double stays = 0;        ///< The chance that all members together would answer the same; 1 where that is certain.
};

/// The chance that the answer stays from which on no more is asked, unless another one is wanted.
inline constexpr double kUsualSureness = 0.93;

/// An ensemble that is asked member by member. Immutable: may be used from many threads at once.
class SequentialVote {
 public:
  /// Throws InvalidArgument where the numbers do not fit together.
  explicit SequentialVote(SequentialNumbers numbers);

  std::size_t members() const { return rules_.size(); }
  std::size_t labels() const { return labels_; }
  LabelKind kind() const { return kind_; }
  SequentialNumbers numbers() const;

  /// What to do after the votes of the first members; none before the first. A pure function.
  /// @param votes    At most k: kUnanswered of a member without an answer that could be read, kNotRun of one that
  ///                 could not be asked, which counts as if it were not there.
  /// @param offered  Labels to choose from, 1 .. L; L where labels are classes.
  /// @param sure     Above 0. From 1 on it stops only where the answer is certain to stay.
  /// Throws InvalidArgument for what is none of these.
  SequentialStep next(std::span<const Label> votes, Label offered, double sure = kUsualSureness) const;

 private:
  Answer answer_of(std::span<const Label> votes, Label offered, std::vector<double>& probabilities) const;

  LabelKind kind_;
  std::size_t labels_;
  std::vector<std::unique_ptr<VoteRule>> rules_;
  std::vector<std::vector<std::size_t>> rankings_;  // of the first 1 .. k members
  std::vector<StopNumbers> stops_;
};

/// Learns the rules of the first 1 .. k members and when to stop. The chances that an answer stays are learnt on
/// queries which the rules were not: each half of the training queries by rules of the other half.
/// @param with_others  What rules that pool learn from (VoteRuleEntry::pools): queries of other tasks too, by
/// weight.
/// @param alone        What others learn from, and what members are ranked by for ties.
SequentialVote learn_sequential_vote(const VoteRuleEntry& entry, const Training& with_others, const Training& alone,
                                     std::span<const ModelId> members);

}  // namespace assay::ensemble
