#pragma once

#include <cstdint>
#include <span>

#include "assay/ensemble/vote_rule.h"

namespace assay::ensemble {

/// The rule to make one answer of the members' votes: `logit`, unless another one answers more of the training
/// queries rightly by more than the standard error of the difference, in a cross-validation of five folds. O(20
/// fits).
const VoteRuleEntry& choose_rule(const Training& training, std::span<const ModelId> members, std::uint64_t seed);

}  // namespace assay::ensemble
