#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "assay/ensemble/vote_rule.h"

namespace assay::ensemble {

/// A rule for the votes of k members on L labels as plain numbers: what a file keeps of it, and all that it takes
/// to decide. Either of two forms.
struct RuleNumbers {
  /// *Evidence*, in nats, that a vote adds to what it speaks of; P(a) is the softmax of the sums.
  ///   by name  k x (L + 1): of a member and its vote, to the label that it names; 0 of no answer
  ///   by class k x (L + 1) x L: of a member and its vote (0: no answer), to each label
  std::vector<double> evidence;
  std::vector<double> prior;  ///< By class: L, without any vote. By name: empty.

  /// A node of the tree of patterns (pattern_rule.cpp). The first is the root; a parent stands before its children.
  struct Node {
    std::uint32_t parent = 0;    ///< Of the root: 0.
    std::uint32_t step = 0;      ///< What the member of this level voted, as pattern_rule.cpp numbers it.
    std::vector<double> counts;  ///< Training queries by place of the true label.
  };
  std::vector<Node> nodes;  ///< Empty: evidence.
  double smoothing = 0;     ///< Of the tree.
};

/// The rule of these numbers: decides as the one does that they are of. Throws InvalidArgument where they do not
/// fit k members, L labels and their kind, or are no rule.
std::unique_ptr<VoteRule> make_rule(RuleNumbers numbers, std::size_t members, std::size_t labels, LabelKind kind);

}  // namespace assay::ensemble
