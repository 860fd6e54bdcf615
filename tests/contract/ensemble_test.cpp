// What every row of the tables of methods and decisions must do, whatever it prefers.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <ostream>
#include <set>
#include <string>

#include "assay/ensemble/rule_numbers.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_rule.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::ensemble {
// Names the parameter in messages.
inline void PrintTo(const SelectionMethodEntry& entry, std::ostream* out) { *out << entry.name; }
inline void PrintTo(const VoteRuleEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace assay::ensemble

namespace assay {

namespace {

std::string test_name(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

LabelTable sample(LabelKind kind, std::uint64_t seed) {
  return sample_votes({reference::symmetric_votes(4, {0.8, 0.5, 0.75, 0.6, 0.55, 0.7}, 0.05)}, kind, 600, seed);
}

constexpr LabelKind kKinds[] = {LabelKind::classes, LabelKind::options};

class SelectionContract : public testing::TestWithParam<ensemble::SelectionMethodEntry> {};

INSTANTIATE_TEST_SUITE_P(All, SelectionContract,
                         testing::ValuesIn(ensemble::selection_methods().begin(),
                                           ensemble::selection_methods().end()),
                         [](const auto& parameter) { return test_name(parameter.param.name); });

TEST_P(SelectionContract, TakesAsManyDifferentModelsAsAskedFor) {
  for (const LabelKind kind : kKinds) {
    const LabelTable table = sample(kind, 1);
    for (const std::size_t size : {1U, 3U, 6U}) {
      const ensemble::Ensemble members = GetParam().choose({.training = {table}, .size = size});
      EXPECT_EQ(members.size(), size);
      EXPECT_EQ(std::set<ModelId>(members.begin(), members.end()).size(), size);
      for (const ModelId member : members) EXPECT_LT(index(member), table.models());
    }
  }
}

TEST_P(SelectionContract, ASmallerOneIsTheBeginningOfALargerOne) {
  if (!GetParam().nested) GTEST_SKIP() << "not nested";
  for (const LabelKind kind : kKinds) {
    const LabelTable table = sample(kind, 2);
    const ensemble::Ensemble large = GetParam().choose({.training = {table}, .size = 5});
    for (std::size_t size = 1; size < 5; ++size) {
      const ensemble::Ensemble small = GetParam().choose({.training = {table}, .size = size});
      EXPECT_TRUE(std::equal(small.begin(), small.end(), large.begin())) << size;
    }
  }
}

TEST_P(SelectionContract, TheSameTwiceWhateverTheThreads) {
  const LabelTable table = sample(LabelKind::options, 3);
  const ensemble::Ensemble once = GetParam().choose({.training = {table}, .size = 4, .threads = 1});
  EXPECT_EQ(once, GetParam().choose({.training = {table}, .size = 4, .threads = 1}));
  EXPECT_EQ(once, GetParam().choose({.training = {table}, .size = 4, .threads = 3}));
}

TEST_P(SelectionContract, StaysWithinTheBudget) {
  const LabelTable table = sample(LabelKind::options, 4);
  const std::vector<std::int64_t> prices = {50, 30, 20, 10, 10, 5};
  for (const std::int64_t budget : {5, 17, 60, 1000}) {
    const ensemble::Ensemble members =
        GetParam().choose({.training = {table}, .size = 6, .prices = prices, .budget = budget});
    EXPECT_FALSE(members.empty());
    std::int64_t cost = 0;
    for (const ModelId member : members) cost += prices[index(member)];
    EXPECT_LE(cost, budget);
    if (budget == 1000) {
      EXPECT_EQ(members.size(), 6U);
    }
  }
}

class VoteRuleContract : public testing::TestWithParam<ensemble::VoteRuleEntry> {};

INSTANTIATE_TEST_SUITE_P(All, VoteRuleContract,
                         testing::ValuesIn(ensemble::vote_rules().begin(), ensemble::vote_rules().end()),
                         [](const auto& parameter) { return test_name(parameter.param.name); });

TEST_P(VoteRuleContract, ProbabilitiesSumToOneOverWhatIsOffered) {
  for (const LabelKind kind : kKinds) {
    const LabelTable table = sample(kind, 6);
    for (const std::size_t size : {1U, 2U, 4U}) {
      std::vector<ModelId> members;
      for (std::size_t m = 0; m < size; ++m) members.push_back(model_id(m));
      const std::unique_ptr<ensemble::VoteRule> rule = GetParam().make({table}, members);
      Rng rng(7);
      std::vector<double> shares(4);
      std::vector<Label> votes(size);
      for (int i = 0; i < 300; ++i) {
        const auto offered = static_cast<Label>(kind == LabelKind::options ? 1 + rng.below(4) : 4);
        for (Label& vote : votes) vote = static_cast<Label>(rng.below(5));
        rule->probabilities(votes, offered, shares);
        EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-9);
        for (std::size_t a = 0; a < 4; ++a) {
          EXPECT_GE(shares[a], 0);
          if (a >= offered) {
            EXPECT_EQ(shares[a], 0);
          }
        }
      }
    }
  }
}

TEST_P(VoteRuleContract, BeatsItsBestMember) {
  const LabelTable train = sample(LabelKind::options, 8), test = sample(LabelKind::options, 9);
  const std::vector<ModelId> members = {model_id(0), model_id(2), model_id(5)};
  const std::unique_ptr<ensemble::VoteRule> rule = GetParam().make({train}, members);
  const std::vector<std::size_t> order = ensemble::ranking({train}, members);
  std::vector<double> shares(4);
  double right = 0;
  for (std::size_t q = 0; q < test.queries(); ++q) {
    std::vector<Label> votes;
    for (const ModelId member : members) votes.push_back(test.prediction(query_id(q), member));
    rule->probabilities(votes, 4, shares);
    right += ensemble::decide(shares, votes, 4, LabelKind::options, order).label == test.truth(query_id(q)) ? 1 : 0;
  }
  EXPECT_GT(right / 600, ensemble::accuracies({test})[0]);
}

TEST_P(VoteRuleContract, WhatItSaysIsHowOftenItIsRight) {
  const LabelTable train = sample(LabelKind::options, 10), test = sample(LabelKind::options, 11);
  const std::vector<ModelId> members = {model_id(0), model_id(2), model_id(5), model_id(3)};
  const std::unique_ptr<ensemble::VoteRule> rule = GetParam().make({train}, members);
  const std::vector<std::size_t> order = ensemble::ranking({train}, members);
  std::vector<double> shares(4);
  double right = 0, stated = 0, answers = 0;
  for (std::size_t q = 0; q < test.queries(); ++q) {
    std::vector<Label> votes;
    for (const ModelId member : members) votes.push_back(test.prediction(query_id(q), member));
    rule->probabilities(votes, 4, shares);
    const ensemble::Answer answer = ensemble::decide(shares, votes, 4, LabelKind::options, order);
    if (answer.label == kUnanswered) continue;
    answers += 1;
    stated += answer.probability;
    right += answer.label == test.truth(query_id(q)) ? 1 : 0;
  }
  EXPECT_NEAR(stated / answers, right / answers, 0.05);
}

// All ways in which the members behind `votes` may vote.
void complete(std::vector<Label>& votes, std::size_t members, Label labels,
              const std::function<void(const std::vector<Label>&)>& take) {
  if (votes.size() == members) return take(votes);
  for (Label next = 0; next <= labels; ++next) {
    votes.push_back(next);
    complete(votes, members, labels, take);
    votes.pop_back();
  }
}

TEST_P(VoteRuleContract, SettledIsWhatNoVoteCanChange) {
  for (const LabelKind kind : kKinds) {
    const LabelTable table = sample(kind, 12);
    const std::vector<ModelId> members = {model_id(0), model_id(2), model_id(5), model_id(3)};
    const std::unique_ptr<ensemble::VoteRule> rule = GetParam().make({table}, members);
    std::vector<double> shares(4);
    Rng rng(13);
    std::size_t settled = 0;
    for (int i = 0; i < 200; ++i) {
      const auto offered = static_cast<Label>(kind == LabelKind::options ? 2 + rng.below(3) : 4);
      std::vector<Label> votes(1 + rng.below(4));
      // Often alike, so that some are settled.
      const auto usual = static_cast<Label>(1 + rng.below(offered));
      for (Label& vote : votes) vote = rng.below(3) > 0 ? usual : static_cast<Label>(rng.below(5));
      for (Label label = 1; label <= offered; ++label) {
        bool stays = true, clearly = true;
        complete(votes, members.size(), offered, [&](const std::vector<Label>& all) {
          rule->probabilities(all, offered, shares);
          for (std::size_t a = 0; a < offered; ++a) {
            if (a + 1U == label) continue;
            stays = stays && shares[a] < shares[label - 1U];
            clearly = clearly && shares[a] < shares[label - 1U] - 1e-3;
          }
        });
        const bool told = rule->settled(votes, offered, label);
        settled += told ? 1 : 0;
        EXPECT_TRUE(stays || !told) << label;
        EXPECT_TRUE(told || !clearly) << label;
      }
    }
    EXPECT_GT(settled, 0U);
  }
}

TEST_P(VoteRuleContract, ItsNumbersDecideAlike) {
  for (const LabelKind kind : kKinds) {
    const LabelTable table = sample(kind, 14);
    const std::vector<ModelId> members = {model_id(1), model_id(0), model_id(4)};
    const std::unique_ptr<ensemble::VoteRule> rule = GetParam().make({table}, members);
    const std::unique_ptr<ensemble::VoteRule> again = ensemble::make_rule(rule->numbers(), 3, 4, kind);
    std::vector<double> one(4), other(4);
    std::vector<Label> none;
    complete(none, 3, 4, [&](const std::vector<Label>& votes) {
      rule->probabilities(votes, 4, one);
      again->probabilities(votes, 4, other);
      EXPECT_EQ(one, other);
    });
  }
}

}  // namespace
}  // namespace assay
