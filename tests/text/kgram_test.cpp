#include "assay/text/kgram.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <vector>

#include "assay/core/rng.h"
#include "tests/reference/kgram.h"

namespace assay::text {
namespace {

using Texts = std::vector<std::vector<std::uint32_t>>;

TokenSequence sequence_of(const Texts& texts, std::uint32_t vocabulary) {
  TokenSequence sequence;
  sequence.bounds.push_back(0);
  for (const auto& text : texts) {
    sequence.tokens.insert(sequence.tokens.end(), text.begin(), text.end());
    sequence.bounds.push_back(sequence.tokens.size());
  }
  sequence.vocabulary = vocabulary;
  return sequence;
}

KgramOptions random_options() {
  KgramOptions options;
  options.max_order = *rc::gen::inRange<std::size_t>(1, 7);
  options.smoothing = *rc::gen::element(Smoothing::witten_bell, Smoothing::additive);
  options.delta = *rc::gen::element(0.01, 0.1, 1.0);
  options.mean = *rc::gen::element(LikelihoodMean::geometric, LikelihoodMean::arithmetic);
  options.leave_one_out = *rc::gen::element(false, true);
  return options;
}

RC_GTEST_PROP(Kgram, AgreesWithTheReference, ()) {
  const KgramOptions options = random_options();
  const auto vocabulary = *rc::gen::inRange<std::uint32_t>(1, 6);  // small, so that long k-grams repeat
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  Texts texts(*rc::gen::inRange<std::size_t>(1, 6));
  for (auto& text : texts) {
    text.resize(rng.below(15));
    for (auto& token : text) token = static_cast<std::uint32_t>(rng.below(vocabulary));
  }
  const auto found = kgram_likelihoods(sequence_of(texts, vocabulary), options);
  RC_ASSERT(found.size() == options.max_order * texts.size());
  for (std::size_t k = 1; k <= options.max_order; ++k) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const double expected = reference_kgram_likelihood(texts, i, k, vocabulary, options);
      RC_ASSERT(std::abs(found[(k - 1) * texts.size() + i] - expected) < 1e-10);
    }
  }
}

TEST(Kgram, ByHand) {
  // Texts "a a" and "a b". Order 1: a stands 3 times of 4, b once; 2 distinct tokens; before that the uniform 1/2.
  const TokenSequence sequence = sequence_of({{0, 0}, {0, 1}}, 2);
  const auto found = kgram_likelihoods(sequence, {.max_order = 2});
  const double a = (3 + 2 * 0.5) / (4 + 2);
  const double b = (1 + 2 * 0.5) / (4 + 2);
  EXPECT_NEAR(found[0], a, 1e-12);
  EXPECT_NEAR(found[1], std::sqrt(a * b), 1e-12);
  // Order 2: after the start mark always a (1 distinct); after a once a, once b (2 distinct).
  const double start = (2 + a) / (2 + 1);
  EXPECT_NEAR(found[2], std::sqrt(start * (1 + 2 * a) / (2 + 2)), 1e-12);
  EXPECT_NEAR(found[3], std::sqrt(start * (1 + 2 * b) / (2 + 2)), 1e-12);
}

TEST(Kgram, AnEmptyTextHasLikelihoodZero) {
  for (const bool leave_one_out : {false, true}) {
    const auto found =
        kgram_likelihoods(sequence_of({{}, {0}, {}}, 1), {.max_order = 3, .leave_one_out = leave_one_out});
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_EQ(found[3 * k], 0.0);
      EXPECT_EQ(found[3 * k + 2], 0.0);
      EXPECT_GT(found[3 * k + 1], 0.0);
    }
  }
  EXPECT_TRUE(kgram_likelihoods(sequence_of({}, 0), {}).empty());
}

TEST(Kgram, LongTextsDoNotUnderflow) {
  Rng rng(3);
  std::vector<std::uint32_t> text(200000);
  for (auto& token : text) token = static_cast<std::uint32_t>(rng.below(50000));
  for (const LikelihoodMean mean : {LikelihoodMean::geometric, LikelihoodMean::arithmetic}) {
    const auto found = kgram_likelihoods(sequence_of({text}, 50000), {.max_order = 3, .mean = mean});
    for (const double likelihood : found) {
      EXPECT_GT(likelihood, 1e-6) << "a product of 200,000 probabilities came to nothing";
      EXPECT_LE(likelihood, 1.0);
    }
  }
}

TEST(Kgram, ATextThatRepeatsOthersIsLikelier) {
  const Texts texts = {{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}, {4, 5, 6, 7}};
  const auto found = kgram_likelihoods(sequence_of(texts, 8), {.max_order = 5});
  for (std::size_t k = 0; k < 5; ++k) EXPECT_GT(found[4 * k], found[4 * k + 3]) << "order " << k + 1;
}

}  // namespace
}  // namespace assay::text
