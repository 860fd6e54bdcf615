#include "assay/ensemble/rule_choice.h"

#include <cmath>

#include "assay/core/rng.h"

namespace assay::ensemble {
namespace {

constexpr std::size_t kFolds = 5;

// 1 for each query of the fold that is answered rightly, else 0.
void answer_fold(const VoteRuleEntry& entry, const LabelTable& train, const LabelTable& test,
                 std::span<const QueryId> queries, std::span<const ModelId> members, std::vector<double>& right) {
  const Training training{train};
  const std::unique_ptr<VoteRule> rule = entry.make(training, members);
  const std::vector<std::size_t> order = ranking(training, members);
  std::vector<Label> votes(members.size());
  std::vector<double> shares(test.labels());
  for (std::size_t i = 0; i < test.queries(); ++i) {
    for (std::size_t j = 0; j < votes.size(); ++j) votes[j] = test.prediction(query_id(i), members[j]);
    rule->probabilities(votes, test.offered()[i], shares);
    const Answer answer = decide(shares, votes, test.offered()[i], test.kind(), order);
    right[index(queries[i])] = answer.label == test.truths()[i] ? 1 : 0;
  }
}

}  // namespace

const VoteRuleEntry& choose_rule(const Training& training, std::span<const ModelId> members, std::uint64_t seed) {
  const LabelTable& table = training.table;
  const std::size_t n = table.queries();
  std::vector<QueryId> order;
  for (std::size_t i = 0; i < n; ++i) order.push_back(query_id(i));
  Rng(seed).shuffle(std::span(order));
  std::vector<std::vector<double>> right(vote_rules().size(), std::vector<double>(n, 0.0));
  for (std::size_t fold = 0; fold < kFolds && n >= 2 * kFolds; ++fold) {
    std::vector<QueryId> train, test;
    for (std::size_t i = 0; i < n; ++i) (i % kFolds == fold ? test : train).push_back(order[i]);
    const LabelTable inside = table.rows(train), outside = table.rows(test);
    for (std::size_t r = 0; r < right.size(); ++r) {
      answer_fold(vote_rules()[r], inside, outside, test, members, right[r]);
    }
  }
  const VoteRuleEntry* best = &vote_rule("logit");
  const std::vector<double>& usual = right[static_cast<std::size_t>(best - vote_rules().data())];
  double furthest = 0;
  for (std::size_t r = 0; r < right.size(); ++r) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double ahead = right[r][i] - usual[i];
      sum += ahead;
      squares += ahead * ahead;
    }
    if (sum > std::sqrt(squares) && sum > furthest) {
      furthest = sum;
      best = &vote_rules()[r];
    }
  }
  return *best;
}

}  // namespace assay::ensemble
