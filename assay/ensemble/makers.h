#pragma once

#include <memory>
#include <span>

#include "assay/ensemble/rule_numbers.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_rule.h"

namespace assay::ensemble {

// What the tables in vote_rules.cpp and selection_methods.cpp are made of.

std::unique_ptr<VoteRule> make_majority(const Training& training, std::span<const ModelId> members);
std::unique_ptr<VoteRule> make_log_odds(const Training& training, std::span<const ModelId> members);
std::unique_ptr<VoteRule> make_pattern(const Training& training, std::span<const ModelId> members);
std::unique_ptr<VoteRule> make_logit(const Training& training, std::span<const ModelId> members);

// Of numbers from elsewhere, see rule_numbers.h.
std::unique_ptr<VoteRule> make_evidence_rule(RuleNumbers numbers, std::size_t members, std::size_t labels,
                                             LabelKind kind);
std::unique_ptr<VoteRule> make_pattern_rule(RuleNumbers numbers, std::size_t members, std::size_t labels,
                                            LabelKind kind);

Ensemble choose_greedy_information(const SelectionProblem& problem);
Ensemble choose_most_accurate(const SelectionProblem& problem);
Ensemble choose_mrmr(const SelectionProblem& problem);
Ensemble choose_random(const SelectionProblem& problem);
Ensemble choose_exhaustive(const SelectionProblem& problem);
Ensemble choose_assay(const SelectionProblem& problem);

}  // namespace assay::ensemble
