#include "assay/store/query_memo.h"

#include <gtest/gtest.h>

#include <limits>

namespace assay::store {
namespace {

TEST(QueryMemo, KnowsTheLastRecordAndNoOther) {
  const QueryRecord record{.query = "q", .text = "6 x 7?", .task = "sums", .options = 4};
  const file::Digest text = file::digest(record.text);
  QueryMemo memo;
  EXPECT_FALSE(memo.has(12, record, text));
  memo.keep(12, record, text);
  memo.keep(13, {.query = "r", .text = "7 x 8?"}, file::digest("7 x 8?"));
  EXPECT_TRUE(memo.has(12, record, text));
  EXPECT_FALSE(memo.has(13, record, text));
  EXPECT_FALSE(memo.has(11, record, text));
  EXPECT_FALSE(memo.has(12, record, file::digest("6 x 8?")));
  for (const auto& change : {+[](QueryRecord& r) { r.task = "other"; }, +[](QueryRecord& r) { r.turn = 2; },
                             +[](QueryRecord& r) { r.options = 5; }, +[](QueryRecord& r) { r.reference = "42"; },
                             +[](QueryRecord& r) {
                               static const QueryWeight kWeight{"traffic", 2};
                               r.weights = {&kWeight, 1};
                             }}) {
    QueryRecord other = record;
    change(other);
    EXPECT_FALSE(memo.has(12, other, text));
  }
  memo.forget(12);
  EXPECT_FALSE(memo.has(12, record, text));
}

TEST(QueryMemo, KnowsTrueLabels) {
  QueryMemo memo;
  memo.keep_gold(5, "42");
  memo.keep_gold(6, "");
  EXPECT_TRUE(memo.has_gold(5, "42"));
  EXPECT_FALSE(memo.has_gold(5, "43"));
  EXPECT_TRUE(memo.has_gold(6, ""));
  EXPECT_FALSE(memo.has_gold(7, ""));
  memo.forget(5);
  EXPECT_FALSE(memo.has_gold(5, "42"));
}

TEST(QueryMemo, KnowsReferenceAnswers) {
  QueryMemo memo;
  memo.keep_reference(5, "so and so");
  EXPECT_TRUE(memo.has_reference(5, "so and so"));
  EXPECT_FALSE(memo.has_reference(5, "not so"));
  EXPECT_FALSE(memo.has_gold(5, "so and so"));
  memo.forget(5);
  EXPECT_FALSE(memo.has_reference(5, "so and so"));
}

TEST(QueryMemo, OddNumbersCostNoMemory) {
  QueryMemo memo;
  for (const std::int64_t query : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{1},
                                   std::numeric_limits<std::int64_t>::max()}) {
    memo.keep_gold(query, "a");
    memo.forget(query);
    EXPECT_FALSE(memo.has_gold(query, "a"));
  }
}

}  // namespace
}  // namespace assay::store
