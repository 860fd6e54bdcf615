#include "gateway/stream_usage.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace assay::gateway {
namespace {

struct Passed {
  std::string bytes;
  std::optional<Tokens> tokens;
  bool began = false;
  bool bad_begin = false;
};

// In pieces of `size` bytes.
Passed passed(const std::string& stream, bool hide, std::size_t size = 1 << 20) {
  ReplyReader reader;
  StreamUsage usage(reader, hide);
  Passed result;
  for (std::size_t at = 0; at < stream.size(); at += size) usage.take(stream.substr(at, size), result.bytes);
  usage.end(result.bytes);
  result.tokens = usage.tokens();
  result.began = usage.began();
  result.bad_begin = usage.bad_begin();
  return result;
}

const std::string kStream =
    ": a comment\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\"\"}}],\"usage\":null, \"x\": 1.0}\n\n"
    "event: x\ndata:{ \"usage\" : null , \"choices\":[{}]}\r\n\r\n"
    "data: {\"choices\":[{\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5,\"x\":{\"usage\":1}}}\n\n"
    "data: [DONE]\n\n";

const std::string kHidden =
    ": a comment\n\n"
    "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\"\"}}], \"x\": 1.0}\n\n"
    "event: x\ndata:{  \"choices\":[{}]}\r\n\r\n"
    "data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";

std::string with_line_ends(std::string_view stream, std::string_view end) {
  std::string result;
  for (const char c : stream) c == '\n' ? result.append(end) : result.append(1, c);
  return result;
}

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

TEST(StreamUsage, LinesEndWithAnyOfTheThree) {
  std::string stream = kStream, kept = kHidden;
  std::erase(stream, '\r');
  std::erase(kept, '\r');
  for (const char* end : {"\n", "\r\n", "\r"}) {
    for (std::size_t size = 1; size < 200; ++size) {
      const Passed hidden = passed(with_line_ends(stream, end), true, size);
      ASSERT_EQ(hidden.bytes, with_line_ends(kept, end)) << size;
      ASSERT_TRUE(hidden.tokens);
      EXPECT_EQ(hidden.tokens->in, 11U);
    }
  }
}

TEST(StreamUsage, AnEventGoesOnWhenItsLineEnds) {
  for (const char* end : {"\n\n", "\r\n\r\n", "\r\r"}) {
    ReplyReader reader;
    StreamUsage usage(reader, true);
    const std::string event = std::string(R"(data: {"choices":[{}]})") + end;
    std::string out;
    usage.take(event, out);
    EXPECT_EQ(out, event);
  }
}

TEST(StreamUsage, IsReadAndHiddenHoweverTheBytesCome) {
  for (std::size_t size = 1; size < 200; ++size) {
    const Passed hidden = passed(kStream, true, size);
    ASSERT_EQ(hidden.bytes, kHidden) << size;
    ASSERT_TRUE(hidden.tokens);
    EXPECT_EQ(hidden.tokens->in, 11U);
    EXPECT_EQ(hidden.tokens->out, 5U);
    EXPECT_FALSE(hidden.bad_begin);
    const Passed shown = passed(kStream, false, size);
    ASSERT_EQ(shown.bytes, kStream) << size;
    EXPECT_EQ(shown.tokens->out, 5U);
  }
}

TEST(StreamUsage, KnowsAStreamThatBeginsBadly) {
  EXPECT_TRUE(passed("data: {\"error\":{\"message\":\"no\"}}\n\n", true).bad_begin);
  EXPECT_TRUE(passed("data: <html>\n\n", true).bad_begin);
  EXPECT_TRUE(passed("data: [DONE]\n\n", true).bad_begin) << "nothing but the end";
  EXPECT_TRUE(passed(": hm\n\nevent: error\ndata: {\"message\":\"busy\"}\n\n", true).bad_begin);
  EXPECT_TRUE(passed("data: {\"choices\":[{\"finish_reason\":\"error\",\"delta\":{}}]}\n\n", true).bad_begin);
  EXPECT_FALSE(passed("data: {\"choices\":[{\"p\":NaN}]}\n\n", true).bad_begin);
  EXPECT_FALSE(passed("data: {\"x\":1,\ndata: \"choices\":[]}\n\n", true).bad_begin) << "in two lines";
  EXPECT_FALSE(passed("\xEF\xBB\xBF"
                      "data: {\"choices\":[]}\n\n",
                      true)
                   .bad_begin);
  for (const char* none : {"null", "\"\"", "{}", "[]", "false", "0"}) {
    EXPECT_FALSE(passed(std::string("data: {\"error\":") + none + ",\"choices\":[]}\n\n", true).bad_begin) << none;
  }
  for (const char* error : {R"({"object":"error","message":"EngineDead","type":"x","code":500})",
                            R"({"detail":"busy"})", R"({"message":"Too many requests","code":429})", "{}"}) {
    EXPECT_TRUE(passed("data: " + std::string(error) + "\n\n", true).bad_begin) << error;
  }
  EXPECT_FALSE(passed(": only a comment\n\n", true).began);
  EXPECT_TRUE(passed("data: {}", true).began) << "an event without its end";
}

TEST(StreamUsage, AnEventWithoutEndIsNotKept) {
  ReplyReader reader;
  StreamUsage usage(reader, true);
  std::string out;
  const std::string piece(1 << 20, 'x');
  std::size_t most_held = 0;
  for (int i = 1; i <= 64; ++i) {
    usage.take(piece, out);
    most_held = std::max(most_held, i * piece.size() - out.size());
  }
  EXPECT_LE(most_held, 5U << 20U);
}

RC_GTEST_PROP(StreamUsage, OtherBytesPassWhateverTheyAre, (const std::vector<std::string>& pieces, bool hide)) {
  ReplyReader reader;
  StreamUsage usage(reader, hide);
  std::string whole, out;
  for (const std::string& piece : pieces) {
    whole += piece;
    usage.take(piece, out);
  }
  usage.end(out);
  RC_ASSERT(out == whole);
}

TEST(MemberRange, LeavesAnObjectThatIsValid) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"usage":1})", R"({})"},
      {R"({"usage":{"a":[1,"}"]},"b":2})", R"({"b":2})"},
      {R"({"b":2,"usage":null})", R"({"b":2})"},
      {R"({ "b" : "\"usage\"" , "usage" : "x\\" , "c": [ ] })", R"({ "b" : "\"usage\""  , "c": [ ] })"},
  };
  for (const auto& [object, without] : cases) {
    const std::optional<MemberRange> range = member_range(object, "usage");
    ASSERT_TRUE(range) << object;
    EXPECT_EQ(object.substr(0, range->begin) + object.substr(range->end), without);
    EXPECT_TRUE(nlohmann::json::accept(without));
  }
  EXPECT_FALSE(member_range(R"({"a":{"usage":1}})", "usage"));
  EXPECT_FALSE(member_range("{}", "usage"));
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
                             R"({"choices":[{"finish_reason":"error","delta":{}}]})"}) {
    EXPECT_TRUE(reader.read(failed).is_error) << failed;
    EXPECT_FALSE(reader.read(failed).has_answer) << failed;
  }
  for (const char* said :
       {R"({"choices":[{"error":{"code":502},"message":{"content":"half"}}]})",
        R"({"choices":[{"error":null,"finish_reason":"stop","message":{"content":""}}]})",
        R"({"choices":[{"finish_reason":"error","message":{"content":""}},{"message":{"content":"b"}}]})",
        R"({"choices":[{"finish_reason":"error","text":"half"}]})"}) {
    EXPECT_FALSE(reader.read(said).is_error) << said;
    EXPECT_TRUE(reader.read(said).has_answer) << said;
  }
}

TEST(BeginsAsStream, TellsStreamsFromJson) {
  for (const char* stream : {"data: {", "data:", ": ping\n", "event: x\n", "\n\nid: 1\n",
                             "\xEF\xBB\xBF"
                             "data: x"}) {
    EXPECT_TRUE(begins_as_stream(stream)) << stream;
  }
  for (const char* other : {"", "{\"data\":1}", "\"data:\"", "dat", "database: x", "<html>", "  [1]"}) {
    EXPECT_FALSE(begins_as_stream(other)) << other;
  }
}

}  // namespace
}  // namespace assay::gateway
