#include "assay/ensemble/sequential_vote.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "assay/core/error.h"
#include "assay/stats/conditional_logit.h"

namespace assay::ensemble {
namespace {

constexpr double kLeastChance = 1e-12;  // of a label, in margins
constexpr double kPrecision = 1;        // of the prior of a stop's numbers

// log(p1 / p2) of the two most probable labels.
double margin_of(std::span<const double> probabilities) {
  double first = kLeastChance, second = kLeastChance;
  for (const double probability : probabilities) {
    if (probability > first) {
      second = std::exchange(first, probability);
    } else {
      second = std::max(second, probability);
    }
  }
  return std::log(first / second);
}

// The members' votes on a query.
void take_votes(const LabelTable& table, std::size_t query, std::span<const ModelId> members,
                std::vector<Label>& votes) {
  votes.clear();
  for (const ModelId member : members) votes.push_back(table.prediction(query_id(query), member));
}

// Of the positions, most accurate first, those of the first members.
std::vector<std::size_t> first_of(std::span<const std::size_t> ranking, std::size_t members) {
  std::vector<std::size_t> result;
  for (const std::size_t position : ranking) {
    if (position < members) result.push_back(position);
  }
  return result;
}

// Rules of the first 1 .. k members.
std::vector<std::unique_ptr<VoteRule>> rules_of(const VoteRuleEntry& entry, const Training& training,
                                                std::span<const ModelId> members) {
  std::vector<std::unique_ptr<VoteRule>> rules;
  for (std::size_t k = 1; k <= members.size(); ++k) rules.push_back(entry.make(training, members.first(k)));
  return rules;
}

// Some rows of the training with their weights.
struct TrainingPart {
  TrainingPart(const Training& whole, std::span<const QueryId> rows) : table(whole.table.rows(rows)) {
    for (const QueryId row : rows) {
      if (!whole.weights.empty()) weights.push_back(whole.weight(index(row)));
    }
  }
  Training training() const { return {table, weights}; }

  LabelTable table;
  std::vector<double> weights;
};

// What stops are learnt from: by number of votes less one, whether the answer stayed, by its margin.
class Stays {
 public:
  explicit Stays(std::size_t members) {
    choices_.assign(members - 1, stats::Choices(2));
    margins_.assign(members - 1, 0.0);
    weights_.assign(members - 1, 0.0);
  }

  // Rules of one half of the queries tell of the other.
  void add(const VoteRuleEntry& entry, const Training& learnt, const Training& told,
           std::span<const ModelId> members, std::span<const std::size_t> ranking) {
    const std::vector<std::unique_ptr<VoteRule>> rules = rules_of(entry, learnt, members);
    const LabelTable& table = told.table;
    std::vector<std::vector<std::size_t>> rankings;
    for (std::size_t k = 1; k <= members.size(); ++k) rankings.push_back(first_of(ranking, k));
    std::vector<Label> votes, answers(members.size());
    std::vector<double> shares(table.labels()), margins(members.size());
    for (std::size_t i = 0; i < table.queries(); ++i) {
      if (!(told.weight(i) > 0)) continue;
      take_votes(table, i, members, votes);
      const Label offered = table.offered()[i];
      for (std::size_t k = 1; k <= members.size(); ++k) {
        const std::span<const Label> first = std::span(votes).first(k);
        rules[k - 1]->probabilities(first, offered, shares);
        answers[k - 1] = decide(shares, first, offered, table.kind(), rankings[k - 1]).label;
        margins[k - 1] = margin_of(shares);
      }
      for (std::size_t k = 0; k < choices_.size(); ++k) {
        if (answers[k] == kUnanswered) continue;
        const std::array<double, 2> features = {1, margins[k]};
        choices_[k].add(features, 1, answers[k] == answers.back() ? 0 : stats::Choices::kNone, told.weight(i));
        margins_[k] += told.weight(i) * margins[k];
        weights_[k] += told.weight(i);
      }
    }
  }

  std::vector<StopNumbers> fitted() {
    std::vector<StopNumbers> stops;
    for (std::size_t k = 0; k < choices_.size(); ++k) {
      stats::Choices& choices = choices_[k];
      // As if an answer had stayed once more, and once not: with few queries nothing is sure.
      const std::array<double, 2> usual = {1, weights_[k] > 0 ? margins_[k] / weights_[k] : 0};
      choices.add(usual, 1, 0);
      choices.add(usual, 1, stats::Choices::kNone);
      std::vector<double> weights =
          stats::fit_logit(choices, {{0, 0}, {kPrecision, kPrecision}}, std::vector<double>(2, 0.0));
      // A wider margin is never a reason to go on.
      if (weights[1] < 0) {
        weights = stats::fit_logit(choices, {{0, 0}, {kPrecision, kNever}}, std::vector<double>(2, 0.0));
        weights[1] = 0;
      }
      stops.push_back({weights[0], weights[1]});
    }
    return stops;
  }

 private:
  static constexpr double kNever = 1e12;

  std::vector<stats::Choices> choices_;
  std::vector<double> margins_, weights_;  // sums
};

}  // namespace

SequentialVote::SequentialVote(SequentialNumbers numbers) : kind_(numbers.kind), labels_(numbers.labels) {
  const std::size_t k = numbers.rules.size();
  std::vector<std::size_t> positions = numbers.ranking;
  std::sort(positions.begin(), positions.end());
  bool fits = k > 0 && numbers.stops.size() == k - 1 && positions.size() == k;
  for (std::size_t j = 0; fits && j < k; ++j) fits = positions[j] == j;
  for (const StopNumbers& stop : numbers.stops) {
    fits = fits && std::isfinite(stop.intercept) && std::isfinite(stop.slope) && stop.slope >= 0;
  }
  if (!fits) throw InvalidArgument("the numbers of an ensemble do not fit its members");
  for (std::size_t j = 0; j < k; ++j) {
    rules_.push_back(make_rule(std::move(numbers.rules[j]), j + 1, labels_, kind_));
    rankings_.push_back(first_of(numbers.ranking, j + 1));
  }
  stops_ = std::move(numbers.stops);
}

SequentialNumbers SequentialVote::numbers() const {
  SequentialNumbers numbers{kind_, labels_, {}, rankings_.back(), stops_};
  for (const std::unique_ptr<VoteRule>& rule : rules_) numbers.rules.push_back(rule->numbers());
  return numbers;
}

Answer SequentialVote::answer_of(std::span<const Label> votes, Label offered,
                                 std::vector<double>& probabilities) const {
  rules_[votes.size() - 1]->probabilities(votes, offered, probabilities);
  return decide(probabilities, votes, offered, kind_, rankings_[votes.size() - 1]);
}

SequentialStep SequentialVote::next(std::span<const Label> votes, Label offered, double sure) const {
  if (votes.size() > members()) {
    throw InvalidArgument("expected at most " + std::to_string(members()) + " votes, came " +
                          std::to_string(votes.size()));
  }
  if (offered == 0 || offered > labels_ || (kind_ == LabelKind::classes && offered != labels_)) {
    throw InvalidArgument("expected an offer of 1 to " + std::to_string(labels_) + " labels (of all, for classes)" +
                          ", came " + std::to_string(offered));
  }
  if (!(sure > 0)) throw InvalidArgument("expected a chance above 0 to stop at, came " + std::to_string(sure));
  for (const Label vote : votes) {
    if (vote != kNotRun && vote > labels_) {
      throw InvalidArgument("expected a label of 0 to " + std::to_string(labels_) + ", came " +
                            std::to_string(vote));
    }
  }
  SequentialStep step;
  step.member = votes.size();
  const bool told = std::any_of(votes.begin(), votes.end(), [](Label vote) { return vote != kNotRun; });
  if (!told) {
    step.done = votes.size() == members();
    step.reason = step.done ? StopReason::all_asked : StopReason::goes_on;
    return step;
  }
  std::vector<double> probabilities(labels_);
  step.answer = answer_of(votes, offered, probabilities);
  if (votes.size() == members()) {
    step.done = true;
    step.reason = StopReason::all_asked;
    step.stays = 1;
    return step;
  }
  if (step.answer.label == kUnanswered) return step;
  if (rules_.back()->settled(votes, offered, step.answer.label)) {
    step.done = true;
    step.reason = StopReason::settled;
    step.stays = 1;
    return step;
  }
  const StopNumbers& stop = stops_[votes.size() - 1];
  step.stays = 1 / (1 + std::exp(-(stop.intercept + stop.slope * margin_of(probabilities))));
  step.done = step.stays >= sure;
  step.reason = step.done ? StopReason::sure_enough : StopReason::goes_on;
  return step;
}

SequentialVote learn_sequential_vote(const VoteRuleEntry& entry, const Training& with_others, const Training& alone,
                                     std::span<const ModelId> members) {
  const Training& training = entry.pools ? with_others : alone;
  SequentialNumbers numbers{training.table.kind(), training.table.labels(), {}, ranking(alone, members), {}};
  for (const std::unique_ptr<VoteRule>& rule : rules_of(entry, training, members)) {
    numbers.rules.push_back(rule->numbers());
  }
  if (members.size() > 1) {
    std::vector<QueryId> even, odd;
    for (std::size_t i = 0; i < training.table.queries(); ++i) (i % 2 == 0 ? even : odd).push_back(query_id(i));
    const TrainingPart one(training, even), other(training, odd);
    Stays stays(members.size());
    stays.add(entry, one.training(), other.training(), members, numbers.ranking);
    stays.add(entry, other.training(), one.training(), members, numbers.ranking);
    numbers.stops = stays.fitted();
  }
  return SequentialVote(std::move(numbers));
}

}  // namespace assay::ensemble
