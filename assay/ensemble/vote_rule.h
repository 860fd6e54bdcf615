#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "assay/ensemble/training.h"

// Makes one answer of the votes of an ensemble (selection_method.h). An example of use:
//
//   const auto rule = vote_rule("logit").make({table}, members);
//   const std::vector<std::size_t> order = ranking({table}, members);
//   std::vector<double> probabilities(table.labels());
//   rule->probabilities(votes, offered, probabilities);  // offered: how many labels there are to choose from
//   const Answer answer = decide(probabilities, votes, offered, table.kind(), order);

#pragma GCC visibility push(default)

namespace assay::ensemble {

/// What an ensemble answers.
struct Answer {
  Label label = kUnanswered;  ///< kUnanswered: nobody voted, and no label stands out.
  double probability = 0;     ///< That the label is right, calibrated on the training queries.
  bool tie = false;           ///< Others were as probable; a vote of the most accurate member decided.
};

struct RuleNumbers;  // rule_numbers.h

/// Makes one answer of the votes of k members.
class VoteRule {
 public:
  virtual ~VoteRule() = default;

  /// The probability of each label: L values, of which those that are not offered are 0; they sum to one. `votes`:
  /// one of each member, in their order, none of them kNotRun.
  virtual void probabilities(std::span<const Label> votes, Label offered, std::span<double> result) const = 0;

  /// Whether `label` will be the most probable one, and alone, whatever the members vote that have not yet: those
  /// behind `votes`, which are of the first ones. May be false where it can't be told. kNotRun: was not asked, and
  /// never will be.
  virtual bool settled(std::span<const Label> votes, Label offered, Label label) const = 0;

  /// What it decides by, for files.
  virtual RuleNumbers numbers() const = 0;
};

/// The most probable label; on options only those that somebody voted for. Ties go to the label for which the
/// member that comes first in `ranking` voted: positions of members in `votes`, most accurate first.
/// `probabilities` are those of the rule for these votes.
Answer decide(std::span<const double> probabilities, std::span<const Label> votes, Label offered, LabelKind kind,
              std::span<const std::size_t> ranking);

/// Positions of members, most accurate first.
std::vector<std::size_t> ranking(const Training& training, std::span<const ModelId> members);

/// A row of the table of rules.
struct VoteRuleEntry {
  std::string_view name;
  std::string_view help;
  /// It gains by queries of other tasks, as far as their weights say; the others are better off without.
  bool pools = false;
  std::unique_ptr<VoteRule> (*make)(const Training& training, std::span<const ModelId> members) = nullptr;
};

/// All rules, plainest first.
std::span<const VoteRuleEntry> vote_rules();
/// Throws InvalidArgument that lists the names there are.
const VoteRuleEntry& vote_rule(std::string_view name);

}  // namespace assay::ensemble

#pragma GCC visibility pop
