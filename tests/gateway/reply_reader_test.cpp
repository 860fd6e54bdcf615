#include "gateway/reply_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::gateway {
namespace {

TEST(ReplyReader, TokensMayHaveAPointButMustBeLikely) {
  ReplyReader reader;
  const auto read = reader.read(R"({"choices":[{}],"usage":{"prompt_tokens":5.0,"completion_tokens":3}})").tokens;
  ASSERT_TRUE(read);
  EXPECT_EQ(read->in, 5U);
  EXPECT_EQ(read->out, 3U);
  for (const char* odd : {"1000000000000000000", "-1", "\"5\"", "null"}) {
    const std::string usage = std::string(R"({"prompt_tokens":)") + odd + R"(,"completion_tokens":)" + odd + "}";
    EXPECT_FALSE(reader.read(R"({"choices":[{}],"usage":)" + usage + "}").tokens) << odd;
  }
}

TEST(ReplyReader, TellsAnswersFromOtherThings) {
  ReplyReader reader;
  EXPECT_TRUE(reader.read(R"({"choices":[{}]})").has_answer);
  EXPECT_TRUE(reader.read(R"({"data":[{}],"usage":{"prompt_tokens":3}})").has_answer);
  EXPECT_EQ(reader.read(R"({"data":[{}],"usage":{"prompt_tokens":3}})").tokens->in, 3U);
  for (const char* none :
       {"", "<html>", "[1]", "{}", R"({"choices":[]})", R"({"choices":{}})", R"({"choices":[{})"}) {
    EXPECT_FALSE(reader.read(none).has_answer) << none;
  }
  EXPECT_TRUE(reader.read(R"({"error":{"message":"x"}})").is_error);
  EXPECT_FALSE(reader.read(R"({"choices":[{}],"usage":{"prompt_tokens":-1,"completion_tokens":"2"}})").tokens);
}

TEST(ReplyReader, LooksAtAnswersThatAreNoValidJsonFromOutside) {
  ReplyReader reader;
  const std::string usage = R"(,"usage":{"prompt_tokens":3,"completion_tokens":2}})";
  for (const std::string& odd :
       {std::string(R"({"choices":[{"message":{"content":"\ud83d"}}])"), std::string(R"({"choices":[{"p":NaN}])"),
        std::string(R"({"big":1e999,"data":[{"embedding":[1]}])"),
        std::string("\xEF\xBB\xBF{\"choices\":[{\"x\":1}]"), std::string("{\"choices\":[{\"x\":\"\xFF\"}]")}) {
    const ReplyFacts facts = reader.read(odd + usage);
    EXPECT_TRUE(facts.has_answer) << odd;
    EXPECT_FALSE(facts.is_error) << odd;
    ASSERT_TRUE(facts.tokens) << odd;
    EXPECT_EQ(facts.tokens->in, 3U);
  }
  for (const char* none : {R"({"error":{"x":NaN},"choices":[{}]})", R"({"choices":[],"x":NaN})", R"({"x":NaN})",
                           R"({"x":NaN,"choices":[{}])", "<p>NaN \"choices\":[1]</p>",
                           R"({"x":{"choices":[{}]},"y":NaN})", "{\"", "{\"choices\":[{}],\"", "{", "{,}"}) {
    EXPECT_FALSE(reader.read(none).has_answer) << none;
  }
}

TEST(ReplyReader, KnowsAnErrorInAChoice) {
  ReplyReader reader;
  for (const char* failed : {R"({"choices":[{"error":{"code":502},"message":{"content":""}}]})",
                             R"({"choices":[{"finish_reason":"error","message":{"content":null}}]})",
                             R"({"choices":[{"finish_reason":"error","delta":{}}]})",
                             R"({"choices":[{"error":{"code":502},"message":{"content":"half"}}]})",
                             R"({"choices":[{"finish_reason":"error","text":"half"}]})",
                             R"({"choices":[{"error":{"code":502},"message":{"content":"half \ud83d"}}]})",
                             R"({"choices":[{"finish_reason":"error","message":{"content":"half \ud83d"}}]})",
                             R"({"error":{"message":"x"},"choices":[{"message":{"content":"half"}}]})"}) {
    EXPECT_TRUE(reader.read(failed).is_error) << failed;
    EXPECT_FALSE(reader.read(failed).has_answer) << failed;
  }
  for (const char* said :
       {R"({"choices":[{"error":null,"finish_reason":"stop","message":{"content":""}}]})",
        R"({"choices":[{"error":{},"finish_reason":"stop","message":{"content":"b"}}]})",
        R"({"choices":[{"error":null,"message":{"content":"\ud83d"}}]})",
        R"({"choices":[{"finish_reason":"error","message":{"content":""}},{"message":{"content":"b"}}]})"}) {
    EXPECT_FALSE(reader.read(said).is_error) << said;
    EXPECT_TRUE(reader.read(said).has_answer) << said;
  }
}

TEST(StatusTold, IsAWholeNumberOfAnErrorsStatus) {
  for (const char* told : {R"({"error":{"code":429}})", R"({"error":{"message":"\ud83d","code":"429"}})",
                           R"({"error":{"status":429}})", R"({"error":{"code":"busy","status_code":429.0}})",
                           R"({"object":"error","code":429,"message":"x"})", R"({"error":"busy","status":429})",
                           R"({"choices":[{"error":{"code":429},"message":{"content":"x"}}]})",
                           " {\"error\" : {\"code\" : 429 } } ", "\xEF\xBB\xBF{\"error\":{\"code\":429}}",
                           R"({"error":{"code":429},"code":500})", R"({"choices":[],"code":429})"}) {
    EXPECT_EQ(status_told(told), 429) << told;
  }
  for (const char* none :
       {"", "429", "<html>", R"({"error":{"message":"no"}})", R"({"error":{"code":"rate_limit"}})",
        R"({"error":{"code":40001}})", R"({"error":{"code":200}})", R"({"error":{"code":399}})",
        R"({"error":{"code":600}})", R"({"error":{"code":599.5}})", R"({"error":{"code":"429 busy"}})",
        R"({"error":{"code":-429}})", R"({"error":{"code":null}})", R"({"error":{"code":{"code":429}}})",
        R"({"error":{"code":"}})", R"({"error":{"code":")", R"({"error":429})"}) {
    EXPECT_EQ(status_told(none), 0) << none;
  }
  EXPECT_EQ(status_told(R"({"error":{"code":400}})"), 400);
  EXPECT_EQ(status_told(R"({"error":{"code":599}})"), 599);
}

}  // namespace
}  // namespace assay::gateway
