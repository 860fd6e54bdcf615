#include <algorithm>
#include <array>
#include <string>

#include "assay/core/error.h"
#include "assay/ensemble/makers.h"
#include "assay/ensemble/vote_rule.h"

namespace assay::ensemble {
namespace {

constexpr double kEqual = 1e-9;  // probabilities that differ by less are a tie

constexpr std::array kVoteRules = {
    VoteRuleEntry{.name = "majority", .help = "the label with most votes", .make = make_majority},
    VoteRuleEntry{.name = "log-odds",
                  .help = "votes weighted by the log odds of their members, as if they erred independently",
                  .make = make_log_odds},
    VoteRuleEntry{.name = "pattern",
                  .help = "the most frequent label where the same votes agreed in the same way",
                  .make = make_pattern},
    VoteRuleEntry{.name = "logit",
                  .help = "votes weighted by a conditional logit, shrunk towards log-odds where queries are few",
                  .pools = true,
                  .make = make_logit},
};

}  // namespace

std::span<const VoteRuleEntry> vote_rules() { return kVoteRules; }

const VoteRuleEntry& vote_rule(std::string_view name) {
  std::string names;
  for (const VoteRuleEntry& entry : kVoteRules) {
    if (entry.name == name) return entry;
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  throw InvalidArgument("unknown decision " + quoted(name) + "; expected one of " + names);
}

std::vector<std::size_t> ranking(const Training& training, std::span<const ModelId> members) {
  const LabelTable& table = training.table;
  std::vector<double> right(members.size(), 0.0);
  for (std::size_t j = 0; j < members.size(); ++j) {
    const std::span<const Label> column = table.column(members[j]);
    for (std::size_t i = 0; i < column.size(); ++i) {
      right[j] += column[i] == table.truths()[i] ? training.weight(i) : 0;
    }
  }
  std::vector<std::size_t> order(members.size());
  for (std::size_t j = 0; j < order.size(); ++j) order[j] = j;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return right[a] > right[b]; });
  return order;
}

Answer decide(std::span<const double> probabilities, std::span<const Label> votes, Label offered, LabelKind kind,
              std::span<const std::size_t> ranking) {
  double largest = -1;
  if (kind == LabelKind::classes) {
    largest = *std::max_element(probabilities.begin(), probabilities.end());
  } else {
    for (const Label prediction : votes) {
      const Label named = vote(prediction, offered);
      if (named != kUnanswered) largest = std::max(largest, probabilities[named - 1U]);
    }
  }
  if (largest < 0) return {kUnanswered, 0, false};
  Answer answer{kUnanswered, largest, false};
  // Whose vote is among the most probable labels?
  for (const std::size_t j : ranking) {
    const Label named = vote(votes[j], offered);
    if (named == kUnanswered || probabilities[named - 1U] < largest - kEqual) continue;
    if (answer.label == kUnanswered) answer.label = named;
    answer.tie = answer.tie || named != answer.label;
  }
  if (kind == LabelKind::classes) {
    std::size_t best = 0;
    for (std::size_t a = 0; a < probabilities.size(); ++a) best += probabilities[a] >= largest - kEqual ? 1 : 0;
    answer.tie = best > 1;
    if (answer.label == kUnanswered && best == 1) {
      const auto first = std::max_element(probabilities.begin(), probabilities.end());
      answer.label = static_cast<Label>(first - probabilities.begin() + 1);
    }
  }
  return answer;
}

}  // namespace assay::ensemble
