#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "assay/core/error.h"
#include "assay/ensemble/vote_rule.h"
#include "tests/ensemble/sample_votes.h"

namespace assay::ensemble {
namespace {

const std::vector<ModelId> kThree = {model_id(0), model_id(1), model_id(2)};

Answer answer(const std::string& rule, const LabelTable& table, const std::vector<Label>& votes, Label offered) {
  const Training training{table};
  const std::unique_ptr<VoteRule> made = vote_rule(rule).make(training, kThree);
  std::vector<double> shares(table.labels());
  made->probabilities(votes, offered, shares);
  return decide(shares, votes, offered, table.kind(), ranking(training, kThree));
}

LabelTable sample(LabelKind kind, const std::vector<double>& accuracy, std::size_t labels = 4) {
  return sample_votes({reference::symmetric_votes(labels, accuracy, 0.05)}, kind, 4000, 5);
}

TEST(VoteRules, MajorityCountsVotes) {
  const LabelTable table = sample(LabelKind::options, {0.9, 0.4, 0.4});
  EXPECT_EQ(answer("majority", table, {1, 2, 2}, 4).label, 2);
}

TEST(VoteRules, TiesGoToTheMostAccurateMember) {
  const LabelTable table = sample(LabelKind::options, {0.5, 0.8, 0.6});
  const Answer came = answer("majority", table, {1, 2, 3}, 4);
  EXPECT_EQ(came.label, 2);
  EXPECT_TRUE(came.tie);
  EXPECT_FALSE(answer("majority", table, {1, 1, 3}, 4).tie);
}

TEST(VoteRules, NobodyVoted) {
  for (const VoteRuleEntry& rule : vote_rules()) {
    const LabelTable table = sample(LabelKind::options, {0.5, 0.8, 0.6});
    const Answer came = answer(std::string(rule.name), table, {0, 0, 0}, 4);
    EXPECT_EQ(came.label, kUnanswered) << rule.name;
    EXPECT_EQ(came.probability, 0) << rule.name;
  }
}

TEST(VoteRules, AVoteForWhatIsNotOfferedIsNone) {
  const LabelTable table = sample(LabelKind::options, {0.5, 0.8, 0.6});
  for (const VoteRuleEntry& rule : vote_rules()) {
    EXPECT_EQ(answer(std::string(rule.name), table, {1, 4, 4}, 3).label, 1) << rule.name;
  }
}

// A member that is right nine times in ten outweighs two that hardly ever are, and majority does not see it.
TEST(VoteRules, OthersWeighMembers) {
  const LabelTable table = sample(LabelKind::options, {0.9, 0.35, 0.35});
  for (const char* rule : {"log-odds", "pattern", "logit"})
    EXPECT_EQ(answer(rule, table, {1, 2, 2}, 4).label, 1) << rule;
}

// Two copies of one model are one vote: the logit and the pattern find out, the others do not.
TEST(VoteRules, CopiesCountOnce) {
  Rng rng(4);
  LabelTable table(6000, 3, 2, LabelKind::classes);
  for (std::size_t q = 0; q < table.queries(); ++q) {
    const auto truth = static_cast<Label>(1 + rng.below(2));
    table.set_query(query_id(q), truth, 2);
    const auto copy = static_cast<Label>(rng.uniform() < 0.7 ? truth : 3 - truth);
    table.set_prediction(query_id(q), model_id(0), static_cast<Label>(rng.uniform() < 0.8 ? truth : 3 - truth));
    table.set_prediction(query_id(q), model_id(1), copy);
    table.set_prediction(query_id(q), model_id(2), rng.uniform() < 0.995 ? copy : static_cast<Label>(3 - copy));
  }
  EXPECT_EQ(answer("majority", table, {1, 2, 2}, 2).label, 2);
  EXPECT_EQ(answer("log-odds", table, {1, 2, 2}, 2).label, 2);
  EXPECT_EQ(answer("logit", table, {1, 2, 2}, 2).label, 1);
  EXPECT_EQ(answer("pattern", table, {1, 2, 2}, 2).label, 1);
}

// Independent errors: the posterior is known.
TEST(VoteRules, ProbabilitiesAreThoseOfBayes) {
  const std::vector<double> accuracy = {0.8, 0.7, 0.6};
  const LabelTable table =
      sample_votes({reference::symmetric_votes(4, accuracy, 0)}, LabelKind::options, 40'000, 6);
  const std::vector<Label> votes = {1, 2, 2};
  std::vector<double> expected(4, 1.0);
  for (std::size_t j = 0; j < 3; ++j) {
    for (std::size_t a = 0; a < 4; ++a) expected[a] *= votes[j] == a + 1 ? accuracy[j] : (1 - accuracy[j]) / 3;
  }
  const double sum = std::accumulate(expected.begin(), expected.end(), 0.0);
  for (const char* rule : {"log-odds", "pattern", "logit"}) {
    std::vector<double> shares(4);
    vote_rule(rule).make({table}, kThree)->probabilities(votes, 4, shares);
    for (std::size_t a = 0; a < 4; ++a) EXPECT_NEAR(shares[a], expected[a] / sum, 0.03) << rule << " " << a;
  }
}

// Classes: a model that nearly always says 1 tells something when it says 2.
TEST(VoteRules, ClassesKnowWhoConfusesWhat) {
  reference::IndependentVotes model;
  model.labels = 2;
  model.prior = {0.5, 0.5};
  //                    none       1          2   by true label 1, 2
  model.votes = {{0, 0, 0.99, 0.6, 0.01, 0.4}, {0, 0, 0.6, 0.4, 0.4, 0.6}, {0, 0, 0.6, 0.4, 0.4, 0.6}};
  const LabelTable table = sample_votes({model}, LabelKind::classes, 20'000, 7);
  for (const char* rule : {"log-odds", "pattern", "logit"})
    EXPECT_EQ(answer(rule, table, {2, 1, 1}, 2).label, 2) << rule;
  EXPECT_EQ(answer("majority", table, {2, 1, 1}, 2).label, 1);
}

TEST(VoteRules, NoAnswerTellsSomethingWhereLabelsAreClasses) {
  reference::IndependentVotes model;
  model.labels = 2;
  model.prior = {0.5, 0.5};
  model.votes = {{0.02, 0.5, 0.7, 0.2, 0.28, 0.3}, {0, 0, 0.5, 0.5, 0.5, 0.5}, {0, 0, 0.5, 0.5, 0.5, 0.5}};
  const LabelTable table = sample_votes({model}, LabelKind::classes, 10'000, 8);
  for (const char* rule : {"log-odds", "pattern", "logit"})
    EXPECT_EQ(answer(rule, table, {0, 1, 2}, 2).label, 2) << rule;
}

// A favourite letter is discounted.
TEST(VoteRules, HabitsOfLetters) {
  Rng rng(9);
  LabelTable table(20'000, 3, 4, LabelKind::options);
  for (std::size_t q = 0; q < table.queries(); ++q) {
    const auto truth = static_cast<Label>(1 + rng.below(4));
    table.set_query(query_id(q), truth, 4);
    for (std::size_t m = 0; m < 3; ++m) {
      const double p = rng.uniform();
      // The first model falls back on letter 1.
      const Label guess = m == 0 && p < 0.4 ? Label{1} : p < 0.75 ? truth : static_cast<Label>(1 + rng.below(4));
      table.set_prediction(query_id(q), model_id(m), guess);
    }
  }
  std::vector<double> first(4), other(4);
  const std::unique_ptr<VoteRule> rule = vote_rule("logit").make({table}, kThree);
  rule->probabilities(std::vector<Label>{1, 2, 0}, 4, first);
  rule->probabilities(std::vector<Label>{3, 2, 0}, 4, other);
  EXPECT_LT(first[0], other[2] - 0.1);
}

// With few queries the weights are those of the log odds.
TEST(VoteRules, FewQueriesShrinkTheLogitToLogOdds) {
  const reference::IndependentVotes model = reference::symmetric_votes(4, {0.7, 0.65, 0.6});
  double apart = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const LabelTable table = sample_votes({model}, LabelKind::options, 60, seed);
    std::vector<double> naive(4), fitted(4);
    vote_rule("log-odds").make({table}, kThree)->probabilities(std::vector<Label>{1, 2, 2}, 4, naive);
    vote_rule("logit").make({table}, kThree)->probabilities(std::vector<Label>{1, 2, 2}, 4, fitted);
    apart += std::abs(naive[1] - fitted[1]) / 20;
  }
  EXPECT_LT(apart, 0.12);
}

TEST(VoteRules, QueriesOfOtherTasksStandInForMissingOnes) {
  // Few queries of its own, on which the best model was unlucky; many of others.
  LabelTable table = sample_votes({reference::symmetric_votes(4, {0.8, 0.5, 0.5})}, LabelKind::options, 3000, 11);
  std::vector<double> weights(3000, 0.03);
  for (std::size_t q = 0; q < 2; ++q) {
    weights[q] = 1;
    const auto wrong = static_cast<Label>(1 + table.truth(query_id(q)) % 4);
    table.set_prediction(query_id(q), model_id(0), wrong);
    table.set_prediction(query_id(q), model_id(1), table.truth(query_id(q)));
  }
  std::vector<double> shares(4);
  vote_rule("logit").make({table, weights}, kThree)->probabilities(std::vector<Label>{1, 2, 0}, 4, shares);
  EXPECT_GT(shares[0], shares[1]);
}

TEST(VoteRules, UnknownName) {
  try {
    vote_rule("vote");
    FAIL();
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "unknown decision \"vote\"; expected one of majority, log-odds, pattern, logit");
  }
}

}  // namespace
}  // namespace assay::ensemble
