#include "assay/ensemble/sequential_vote.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::ensemble {
namespace {

constexpr LabelKind kKinds[] = {LabelKind::classes, LabelKind::options};
constexpr Label kLabels = 4;

LabelTable sample(LabelKind kind, std::size_t queries, std::uint64_t seed) {
  return sample_votes({reference::symmetric_votes(kLabels, {0.85, 0.75, 0.7, 0.6}, 0.05)}, kind, queries, seed);
}

std::vector<ModelId> all_of(const LabelTable& table) {
  std::vector<ModelId> members;
  for (std::size_t j = 0; j < table.models(); ++j) members.push_back(model_id(j));
  return members;
}

SequentialVote learnt(const LabelTable& table, const char* rule = "logit") {
  return learn_sequential_vote(vote_rule(rule), {table}, {table}, all_of(table));
}

std::vector<Label> votes_on(const LabelTable& table, std::size_t query, std::size_t members) {
  std::vector<Label> votes;
  for (std::size_t j = 0; j < members; ++j) votes.push_back(table.prediction(query_id(query), model_id(j)));
  return votes;
}

TEST(SequentialVote, AsksInTurnAndSaysWhatAllTogetherSayAtTheEnd) {
  for (const LabelKind kind : kKinds) {
    for (const VoteRuleEntry& entry : vote_rules()) {
      const LabelTable table = sample(kind, 500, 1);
      const SequentialVote ensemble = learnt(table, entry.name.data());
      const auto rule = entry.make({table}, all_of(table));
      const std::vector<std::size_t> order = ranking({table}, all_of(table));
      std::vector<double> shares(kLabels);
      for (std::size_t q = 0; q < 200; ++q) {
        const std::vector<Label> all = votes_on(table, q, 4);
        rule->probabilities(all, kLabels, shares);
        const Answer wanted = decide(shares, all, kLabels, kind, order);
        for (std::size_t k = 0; k <= 4; ++k) {
          const SequentialStep step = ensemble.next(std::span(all).first(k), kLabels, 1);
          if (k == 4) {
            EXPECT_TRUE(step.done);
            EXPECT_EQ(step.reason, StopReason::all_asked);
            EXPECT_EQ(step.answer.label, wanted.label);
            EXPECT_NEAR(step.answer.probability, wanted.probability, 1e-12);
          } else if (step.done) {
            EXPECT_EQ(step.reason, StopReason::settled);
            EXPECT_EQ(step.stays, 1);
            EXPECT_EQ(step.answer.label, wanted.label) << entry.name << " after " << k;
          } else {
            EXPECT_EQ(step.member, k);
            EXPECT_LT(step.stays, 1);
          }
        }
      }
    }
  }
}

// On queries that it was not learnt from.
TEST(SequentialVote, TheChanceThatAnAnswerStaysIsHowOftenItDoes) {
  for (const LabelKind kind : kKinds) {
    const LabelTable train = sample(kind, 3000, 2), test = sample(kind, 6000, 3);
    const SequentialVote ensemble = learnt(train);
    for (std::size_t k = 1; k < 4; ++k) {
      double stated = 0, stayed = 0, count = 0;
      for (std::size_t q = 0; q < test.queries(); ++q) {
        const std::vector<Label> all = votes_on(test, q, 4);
        const SequentialStep step = ensemble.next(std::span(all).first(k), kLabels, 1);
        if (step.answer.label == kUnanswered) continue;
        stated += step.stays;
        stayed += step.answer.label == ensemble.next(all, kLabels, 1).answer.label ? 1 : 0;
        ++count;
      }
      EXPECT_NEAR(stated / count, stayed / count, 0.02) << "after " << k;
    }
  }
}

TEST(SequentialVote, SurerAsksMore) {
  const LabelTable table = sample(LabelKind::options, 2000, 4);
  const SequentialVote ensemble = learnt(table);
  std::size_t before = 0;
  for (const double sure : {0.5, 0.8, 0.9, 0.99, 1.0}) {
    std::size_t asked = 0;
    for (std::size_t q = 0; q < table.queries(); ++q) {
      const std::vector<Label> all = votes_on(table, q, 4);
      std::size_t k = 0;
      while (!ensemble.next(std::span(all).first(k), kLabels, sure).done) ++k;
      asked += k;
    }
    EXPECT_GE(asked, before) << sure;
    before = asked;
  }
  EXPECT_LT(before, 4 * table.queries()) << "two that agree outvote the weakest";
}

TEST(SequentialVote, NumbersAreAllThatItTakes) {
  for (const LabelKind kind : kKinds) {
    for (const VoteRuleEntry& entry : vote_rules()) {
      const LabelTable table = sample(kind, 400, 5);
      const SequentialVote ensemble = learnt(table, entry.name.data());
      const SequentialVote again(ensemble.numbers());
      for (std::size_t q = 0; q < 100; ++q) {
        for (std::size_t k = 0; k <= 4; ++k) {
          const std::vector<Label> votes = votes_on(table, q, k);
          const SequentialStep one = ensemble.next(votes, kLabels, 0.9), other = again.next(votes, kLabels, 0.9);
          EXPECT_EQ(one.done, other.done);
          EXPECT_EQ(one.answer.label, other.answer.label);
          EXPECT_EQ(one.answer.probability, other.answer.probability);
          EXPECT_EQ(one.stays, other.stays);
        }
      }
    }
  }
}

// One that can't be reached is as if it were not there; one that does not answer may tell something.
TEST(SequentialVote, AMemberThatCouldNotBeAskedCountsForNothing) {
  for (const LabelKind kind : kKinds) {
    const SequentialVote ensemble = learnt(sample(kind, 1000, 6));
    const std::vector<Label> without = {2, kNotRun, kNotRun, kNotRun};
    EXPECT_EQ(ensemble.next(without, kLabels, 1).answer.label, 2);
    EXPECT_FALSE(ensemble.next(std::span(without).first(2), kLabels, 1).done);
    const std::vector<Label> nobody(4, kNotRun);
    EXPECT_TRUE(ensemble.next(nobody, kLabels, 0.9).done);
    EXPECT_EQ(ensemble.next(nobody, kLabels, 0.9).answer.label, kUnanswered);
    EXPECT_FALSE(ensemble.next(std::span(nobody).first(3), kLabels, 0.01).done) << "there is no answer yet";
  }
}

TEST(SequentialVote, AnOfferOfFewerLabelsIsHeeded) {
  const SequentialVote ensemble = learnt(sample(LabelKind::options, 1000, 7));
  const std::vector<Label> votes = {4, 1, 4, 4};
  EXPECT_EQ(ensemble.next(votes, 3, 1).answer.label, 1) << "4 is not offered: no answer";
  EXPECT_EQ(ensemble.next(votes, 4, 1).answer.label, 4);
}

TEST(SequentialVote, WithFewQueriesNothingIsSure) {
  const LabelTable table = table_of(LabelKind::options, 2, {{1, 1, 1}, {2, 2, 2}, {1, 1, 1}, {2, 2, 2}});
  const SequentialVote ensemble = learnt(table);
  EXPECT_LT(ensemble.next(std::vector<Label>{1}, 2, 1).stays, 0.9) << "four queries on which both agreed";
}

TEST(SequentialVote, RefusesWhatDoesNotFit) {
  const LabelTable table = sample(LabelKind::classes, 400, 8);
  const SequentialVote ensemble = learnt(table);
  EXPECT_THROW(ensemble.next(std::vector<Label>(5, 1), kLabels, 0.9), InvalidArgument);
  EXPECT_THROW(ensemble.next(std::vector<Label>{5}, kLabels, 0.9), InvalidArgument);
  EXPECT_THROW(ensemble.next({}, 3, 0.9), InvalidArgument) << "classes are all offered";
  EXPECT_THROW(ensemble.next({}, 0, 0.9), InvalidArgument);
  EXPECT_THROW(ensemble.next({}, kLabels, 0), InvalidArgument);
  const std::vector<std::function<void(SequentialNumbers&)>> breaks = {
      [](SequentialNumbers& numbers) { numbers.rules.clear(); },
      [](SequentialNumbers& numbers) { numbers.stops.pop_back(); },
      [](SequentialNumbers& numbers) { numbers.stops[0].slope = -1; },
      [](SequentialNumbers& numbers) { numbers.ranking[0] = numbers.ranking[1]; },
      [](SequentialNumbers& numbers) { numbers.ranking[0] = 9; },
      [](SequentialNumbers& numbers) { numbers.rules[1].evidence.pop_back(); },
      [](SequentialNumbers& numbers) { numbers.rules[1].evidence[0] = std::numeric_limits<double>::infinity(); },
      [](SequentialNumbers& numbers) { numbers.rules[1].prior.push_back(0); },
      [](SequentialNumbers& numbers) { numbers.labels = 3; },
      [](SequentialNumbers& numbers) {
        numbers.rules[0].nodes.push_back({0, 0, {1}});
      },
  };
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    SequentialNumbers numbers = ensemble.numbers();
    breaks[i](numbers);
    EXPECT_THROW(SequentialVote{std::move(numbers)}, InvalidArgument) << i;
  }
}

TEST(SequentialVote, RefusesATreeThatLeadsOutside) {
  const LabelTable table = sample(LabelKind::options, 400, 9);
  const SequentialVote ensemble = learnt(table, "pattern");
  const std::vector<std::function<void(RuleNumbers&)>> breaks = {
      [](RuleNumbers& rule) { rule.nodes[1].parent = 1; },
      [](RuleNumbers& rule) { rule.nodes[1].step = 9; },
      [](RuleNumbers& rule) { rule.nodes[1].counts.push_back(1); },
      [](RuleNumbers& rule) { rule.nodes[0].counts[0] = -1; },
      [](RuleNumbers& rule) { rule.smoothing = 0; },
      [](RuleNumbers& rule) { rule.nodes.back().parent = static_cast<std::uint32_t>(rule.nodes.size() - 2); },
  };
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    SequentialNumbers numbers = ensemble.numbers();
    breaks[i](numbers.rules.back());
    EXPECT_THROW(SequentialVote{std::move(numbers)}, InvalidArgument) << i;
  }
}

}  // namespace
}  // namespace assay::ensemble
