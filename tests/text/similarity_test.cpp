#include "assay/text/similarity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "tests/reference/rouge.h"

namespace assay::text {
namespace {

std::string random_text(Rng& rng) {
  std::string text;
  for (std::uint64_t words = rng.below(12); words > 0; --words) text += "w" + std::to_string(rng.below(6)) + " ";
  return text;
}

RC_GTEST_PROP(Similarity, AgreesWithTheReferenceForAnyNumberOfThreads, ()) {
  const std::size_t models = *rc::gen::inRange<std::size_t>(1, 9);
  const std::size_t queries = *rc::gen::inRange<std::size_t>(1, 5);
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  ResponseTable responses(queries, models);
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t j = 0; j < models; ++j) {
      if (rng.uniform() < 0.9) responses.set(query_id(q), model_id(j), random_text(rng));
    }
  }
  const SimilarityTable table = response_similarity(responses, *rc::gen::inRange<std::size_t>(1, 4));
  for (std::size_t q = 0; q < queries; ++q) {
    for (std::size_t i = 0; i < models; ++i) {
      for (std::size_t j = 0; j < models; ++j) {
        const QueryId query = query_id(q);
        const bool present = responses.has(query, model_id(i)) && responses.has(query, model_id(j));
        const double expected = i == j    ? 1.0
                                : present ? reference_rouge_1(std::string(responses.at(query, model_id(i))),
                                                              std::string(responses.at(query, model_id(j))))
                                          : 0.0;
        RC_ASSERT(std::abs(static_cast<double>(table.at(query, model_id(i), model_id(j))) - expected) < 1e-6);
      }
    }
  }
}

TEST(Similarity, ByHand) {
  ResponseTable responses(1, 4);
  responses.set(query_id(0), model_id(0), "The cat sat");
  responses.set(query_id(0), model_id(1), "the the dog sat down");  // shares "the" once and "sat"
  responses.set(query_id(0), model_id(2), "");
  const SimilarityTable table = response_similarity(responses, 1);
  EXPECT_FLOAT_EQ(table.at(query_id(0), model_id(0), model_id(1)), 2.0F * 2 / (3 + 5));
  EXPECT_EQ(table.at(query_id(0), model_id(0), model_id(2)), 0.0F) << "nothing shared with an empty response";
  EXPECT_EQ(table.at(query_id(0), model_id(2), model_id(3)), 0.0F) << "a missing response is like no other";
  responses.set(query_id(0), model_id(3), "");
  EXPECT_EQ(response_similarity(responses, 1).at(query_id(0), model_id(2), model_id(3)), 1.0F)
      << "two empty responses";
}

RC_GTEST_PROP(Similarity, WeightedSumIsTheDoubleSum, ()) {
  const std::size_t models = *rc::gen::inRange<std::size_t>(1, 30);
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  SimilarityTable table(2, models);
  for (float& value : table.row(query_id(1))) value = static_cast<float>(rng.uniform());
  std::vector<double> p(models);
  double total = 0;
  for (double& value : p) total += value = rng.uniform() + 1e-3;
  for (double& value : p) value /= total;
  double expected = 0;
  for (std::size_t i = 0; i < models; ++i) {
    for (std::size_t j = 0; j < models; ++j) {
      expected += p[i] * p[j] * static_cast<double>(table.at(query_id(1), model_id(i), model_id(j)));
    }
  }
  const auto found = static_cast<double>(table.weighted_sum(query_id(1), table.pair_weights(p)));
  RC_ASSERT(std::abs(found - expected) < 1e-5);
}

TEST(Similarity, BytesRoundTrip) {
  SimilarityTable table(3, 4);
  float value = 0;
  for (std::size_t q = 0; q < 3; ++q) {
    for (float& cell : table.row(query_id(q))) cell = value += 0.05F;
  }
  const SimilarityTable back = SimilarityTable::from_bytes(table.to_bytes());
  ASSERT_EQ(back.queries(), 3U);
  ASSERT_EQ(back.models(), 4U);
  for (std::size_t q = 0; q < 3; ++q) {
    for (std::size_t j = 0; j < 4; ++j) {
      EXPECT_EQ(back.at(query_id(q), model_id(0), model_id(j)), table.at(query_id(q), model_id(0), model_id(j)));
    }
  }
  EXPECT_EQ(SimilarityTable::from_bytes(SimilarityTable(5, 1).to_bytes()).queries(), 5U)
      << "one model has no pairs";
}

TEST(Similarity, DamagedBytesAreRefused) {
  const std::string bytes = SimilarityTable(3, 4).to_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(SimilarityTable::from_bytes(bytes.substr(0, length)), Error) << "cut to " << length << " bytes";
  }
  EXPECT_THROW(SimilarityTable::from_bytes(bytes + '\0'), Error);
  for (const std::size_t at : {0U, 3U, 7U, 8U, 12U, 15U}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    EXPECT_THROW(SimilarityTable::from_bytes(changed), Error) << "byte " << at << " of the header changed";
  }
}

TEST(Similarity, CellsGoInAndOutByRows) {
  const std::vector<float> cells = {0, 0.25F, 1, 0.5F, 0.75F, 0.125F};
  const SimilarityTable table = SimilarityTable::from(cells, 2, 3);
  EXPECT_EQ(table.at(query_id(1), model_id(2), model_id(0)), 0.75F) << "pairs (0,1), (0,2), (1,2)";
  EXPECT_TRUE(std::equal(cells.begin(), cells.end(), table.cells().begin(), table.cells().end()));
  EXPECT_EQ(SimilarityTable::from({}, 2, 1).queries(), 2U) << "one model has no pair";
  EXPECT_THROW(SimilarityTable::from(cells, 2, 4), InvalidArgument);
  for (const float bad : {-0.5F, 1.5F, std::nanf("")}) {
    EXPECT_THROW(SimilarityTable::from(std::vector<float>{bad}, 1, 2), InvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace assay::text
