#include "assay/asking/session_calls.h"

#include <gtest/gtest.h>

namespace assay::asking {
namespace {

PaidCall call(std::uint8_t failure, std::string content, std::int64_t micros, std::optional<std::uint64_t> out) {
  PaidCall call;
  call.failure = failure;
  call.content = std::move(content);
  call.cost = Money{micros};
  call.tokens_out = out;
  return call;
}

TEST(SessionCalls, ACallThatWentWellIsFoundAgain) {
  SessionCalls calls;
  const CallKey key{"http://x", "m", "body"};
  EXPECT_FALSE(calls.find(key));
  calls.keep(key, call(11, "what?", 5, 40));
  EXPECT_FALSE(calls.find(key)) << "a failure answers nothing";
  calls.keep(key, call(0, "A", 7, 10));
  calls.keep({"http://x", "m", "body", 1}, call(0, "B", 8, 20));
  calls.keep({"http://y", "m", "body"}, call(0, "C", 9, 90));
  ASSERT_TRUE(calls.find(key));
  EXPECT_EQ(calls.find(key)->content, "A");
  EXPECT_EQ(calls.find(key)->number, 2);
  EXPECT_EQ(calls.find({"http://x", "m", "body", 1})->content, "B");
  EXPECT_FALSE(calls.find({"http://x", "n", "body"}));
  EXPECT_EQ(calls.spent(), Money{29});
  EXPECT_EQ(calls.calls().size(), 4U);
  EXPECT_EQ(calls.reply_lengths("http://x", "m").replies, 2U);
  EXPECT_EQ(calls.reply_lengths("http://x", "m").tokens, 15);
  EXPECT_EQ(calls.reply_lengths("http://z", "m").replies, 0U);
}

}  // namespace
}  // namespace assay::asking
