#include "assay/asking/batch_kinds.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "assay/embed/kept_vector.h"
#include "assay/judge/call_failure.h"

namespace assay::asking {
namespace {

using testing::HasSubstr;

const BatchBilling kBilling{judge::Price{Money{2'000'000}, Money{0}}, 0};

BatchReply embedding(int status, const std::string& body) {
  return embedding_batches().read("0123456789", status, http::read_json(body), kBilling);
}

TEST(BatchKinds, AnEmbeddingIsKeptAtLengthOneAndBilledByItsTokens) {
  const BatchReply read =
      embedding(200, R"({"data":[{"index":0,"embedding":[3,4]}],"usage":{"prompt_tokens":7,"total_tokens":7}})");
  EXPECT_EQ(read.call.failure, 0);
  EXPECT_EQ(embed::vector_in(read.call.content), (std::vector<float>{0.6F, 0.8F}));
  EXPECT_EQ(read.call.tokens_in, 7U);
  EXPECT_EQ(read.call.cost, Money{14});
  EXPECT_TRUE(read.call.certain);
}

TEST(BatchKinds, WithoutCountsAnEmbeddingIsBilledAtMost) {
  const BatchReply read = embedding(200, R"({"data":[{"embedding":[1]}]})");
  EXPECT_EQ(read.call.failure, 0);
  EXPECT_EQ(read.call.cost, Money{84}) << "42 tokens: one a byte, and what frames them";
  EXPECT_FALSE(read.call.certain);
}

TEST(BatchKinds, ARefusedEmbeddingIsFinalAndOneInTroubleIsNot) {
  const BatchReply refused = embedding(400, R"({"error":{"message":"at most 8192 tokens"}})");
  EXPECT_TRUE(refused.final);
  EXPECT_EQ(refused.why, "status 400, \"at most 8192 tokens\"");
  EXPECT_EQ(refused.call.failure, static_cast<std::uint8_t>(judge::CallFailure::rejected));
  EXPECT_EQ(refused.call.cost, Money{});
  EXPECT_FALSE(embedding(503, "{}").final);
  EXPECT_FALSE(embedding(200, R"({"error":{"message":"overloaded","code":503}})").final);
}

TEST(BatchKinds, WhatIsNoEmbeddingFailsAndIsBilled) {
  const BatchReply read = embedding(200, R"({"data":[],"usage":{"prompt_tokens":7}})");
  EXPECT_EQ(read.call.failure, static_cast<std::uint8_t>(judge::CallFailure::not_chat));
  EXPECT_THAT(read.why, HasSubstr("expected 1 embeddings, came 0"));
  EXPECT_EQ(read.call.cost, Money{14});
  EXPECT_THAT(embedding(200, "null").why, HasSubstr("expected a list of embeddings"));
}

}  // namespace
}  // namespace assay::asking
