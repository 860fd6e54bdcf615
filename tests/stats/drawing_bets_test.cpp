#include "assay/stats/drawing_bets.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/rng.h"

namespace assay::stats {
namespace {

struct Term {
  double weight = 1;
  double mean = 0;
};

TermGroups groups_of(const std::vector<Term>& terms) {
  TermGroups groups{};
  for (const Term& term : terms) {
    TermGroup& group = groups[term_group(term.mean)];
    group.mean = (group.mean * group.size + term.mean * term.weight) / (group.size + term.weight);
    group.size += term.weight;
  }
  return groups;
}

// What the capital is multiplied by on average, over all draws of the terms.
double expected_factor(const std::vector<Term>& terms, const std::vector<double>& values, const DrawingBet& bet,
                       double allowed) {
  double all_kept = 0;
  double all_chance = 0;
  for (const Term& term : terms) {
    all_kept += term.weight * bet.kept[term_group(term.mean)];
    all_chance += term.weight * bet.chance[term_group(term.mean)];
  }
  double sum = 0;
  for (std::size_t q = 0; q < terms.size(); ++q) {
    const std::size_t g = term_group(terms[q].mean);
    const double chance = terms[q].weight * bet.chance[g] / all_chance;
    sum += chance * (terms[q].weight * bet.kept[g] + values[q]) / (chance * (all_kept + allowed));
  }
  return sum;
}

std::vector<Term> some_terms(Rng& rng, bool weighted) {
  std::vector<Term> terms;
  for (std::size_t q = 0; q < 20; ++q) terms.push_back({weighted ? 0.2 + 2 * rng.uniform() : 1, rng.uniform()});
  return terms;
}

TEST(DrawingBets, ATrueClaimNeverPaysOnAverage) {
  Rng rng(1);
  for (int i = 0; i < 200; ++i) {
    const std::vector<Term> terms = some_terms(rng, i % 2 == 0);
    std::vector<double> values;
    double sum = 0;
    for (const Term& term : terms) {
      values.push_back(term.weight * (i % 3 == 0 ? rng.uniform() : rng.uniform() < term.mean ? 1 : 0));
      sum += values.back();
    }
    const DrawingBet bet = fastest_bet(groups_of(terms), sum);
    EXPECT_LE(expected_factor(terms, values, bet, sum), 1 + 1e-9) << "the claim holds just so";
    EXPECT_LE(expected_factor(terms, values, bet, sum + 0.5), 1) << "the claim holds with room";
    EXPECT_GT(expected_factor(terms, values, bet, 0.9 * sum), 1) << "the claim is false";
  }
}

// Expected logarithm of the factor if each term is 0 or its weight.
double growth_of(const std::vector<Term>& terms, const std::vector<double>& kept,
                 const std::vector<double>& chances, double allowed) {
  double all_kept = 0;
  double all_chance = 0;
  for (std::size_t q = 0; q < terms.size(); ++q) {
    all_kept += kept[q];
    all_chance += chances[q];
  }
  double growth = 0;
  for (std::size_t q = 0; q < terms.size(); ++q) {
    const double chance = chances[q] / all_chance;
    const double y = terms[q].mean;
    growth += chance *
              (y * std::log(kept[q] + 1) + (1 - y) * std::log(kept[q]) - std::log(chance * (all_kept + allowed)));
  }
  return growth;
}

// The slow way: steps at random, kept if they help.
double fastest_growth(const std::vector<Term>& terms, double allowed) {
  Rng rng(2);
  std::vector<double> kept(terms.size(), 1);
  std::vector<double> chances(terms.size(), 1);
  double best = growth_of(terms, kept, chances, allowed);
  for (int step = 0; step < 60'000; ++step) {
    std::vector<double>& which = rng.below(2) == 0 ? kept : chances;
    double& value = which[rng.below(terms.size())];
    const double before = value;
    value = std::max(1e-4, value * std::exp(0.3 * rng.normal()));
    const double now = growth_of(terms, kept, chances, allowed);
    if (now > best) {
      best = now;
    } else {
      value = before;
    }
  }
  return best;
}

TEST(DrawingBets, GrowsAsFastAsTheSlowReferenceFinds) {
  for (const double allowed : {0.8, 1.5, 2.2}) {
    const std::vector<Term> terms = {{1, 0.9}, {1, 0.7}, {1, 0.5}, {1, 0.3}, {1, 0.1}, {1, 0.04}};
    const DrawingBet bet = fastest_bet(groups_of(terms), allowed);
    std::vector<double> kept;
    std::vector<double> chances;
    for (const Term& term : terms) {
      kept.push_back(bet.kept[term_group(term.mean)]);
      chances.push_back(bet.chance[term_group(term.mean)]);
    }
    const double growth = growth_of(terms, kept, chances, allowed);
    EXPECT_NEAR(bet.growth, growth, 0.03) << "it promises another growth than it has, allowed " << allowed;
    EXPECT_GT(growth, fastest_growth(terms, allowed) - 0.02) << "another bet grows faster, allowed " << allowed;
  }
}

TEST(DrawingBets, IfNoMoreIsExpectedThanAllowedNothingGrows) {
  EXPECT_LT(fastest_bet(groups_of({{1, 0.2}, {1, 0.4}}), 0.7).growth, 1e-3);
}

}  // namespace
}  // namespace assay::stats
