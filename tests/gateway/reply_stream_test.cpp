#include "gateway/reply_stream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace assay::gateway {
namespace {

std::string event_of(const std::string& data) { return "data: " + data + "\n\n"; }

struct Passed {
  std::string bytes;
  std::optional<Tokens> tokens;
  bool answers = false;
  std::optional<FailedReply> failure;
};

// In pieces of `size` bytes.
Passed passed(const std::string& stream, bool hide, std::size_t size = 1 << 20) {
  ReplyReader reader;
  ReplyStream events(reader, hide);
  Passed result;
  for (std::size_t at = 0; at < stream.size(); at += size) events.take(stream.substr(at, size), result.bytes);
  events.end(result.bytes);
  result.tokens = events.tokens();
  result.answers = events.answers();
  result.failure = events.failure();
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

TEST(ReplyStream, LinesEndWithAnyOfTheThree) {
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

TEST(ReplyStream, AnEventGoesOnWhenItsLineEnds) {
  for (const char* end : {"\n\n", "\r\n\r\n", "\r\r"}) {
    ReplyReader reader;
    ReplyStream events(reader, true);
    const std::string event = std::string(R"(data: {"choices":[{}]})") + end;
    std::string out;
    events.take(event, out);
    EXPECT_EQ(out, event);
  }
}

TEST(ReplyStream, IsReadAndHiddenHoweverTheBytesCome) {
  for (std::size_t size = 1; size < 200; ++size) {
    const Passed hidden = passed(kStream, true, size);
    ASSERT_EQ(hidden.bytes, kHidden) << size;
    ASSERT_TRUE(hidden.tokens);
    EXPECT_EQ(hidden.tokens->in, 11U);
    EXPECT_EQ(hidden.tokens->out, 5U);
    EXPECT_FALSE(hidden.failure);
    EXPECT_TRUE(hidden.answers);
    const Passed shown = passed(kStream, false, size);
    ASSERT_EQ(shown.bytes, kStream) << size;
    EXPECT_EQ(shown.tokens->out, 5U);
  }
}

TEST(ReplyStream, KnowsAStreamThatBeginsBadly) {
  const auto fails = [](const std::string& stream) {
    const Passed result = passed(stream, true);
    EXPECT_FALSE(result.answers) << stream;
    return result.failure.has_value();
  };
  EXPECT_TRUE(fails(event_of(R"({"error":{"message":"no"}})")));
  EXPECT_TRUE(fails(event_of("<html>")));
  EXPECT_TRUE(fails(event_of("[DONE]"))) << "nothing but the end";
  EXPECT_TRUE(fails(": hm\n\nevent: error\n" + event_of(R"({"message":"busy"})")));
  EXPECT_TRUE(fails(event_of(R"({"choices":[{"finish_reason":"error","delta":{}}]})")));
  EXPECT_TRUE(fails(event_of(R"({"choices":[{"finish_reason":"error","delta":{"content":"half"}}]})")));
  for (const char* error : {R"({"object":"error","message":"EngineDead","type":"x","code":500})",
                            R"({"detail":"busy"})", R"({"message":"Too many requests","code":429})", "{}"}) {
    EXPECT_TRUE(fails(event_of(error))) << error;
  }
  EXPECT_TRUE(fails("data: {}")) << "an event without its end";
}

TEST(ReplyStream, AnswersFromTheFirstChoiceOn) {
  for (const std::string& stream :
       {event_of(R"({"choices":[{"p":NaN}]})"), std::string("data: {\"x\":1,\ndata: \"choices\":[{}]}\n\n"),
        "\xEF\xBB\xBF" + event_of(R"({"choices":[{}]})"),
        event_of(R"({"choices":[],"prompt_filter_results":[{}]})") + event_of(R"({"choices":[{}]})"),
        event_of(R"({"type":"ping"})") + event_of(R"({"choices":[{}]})") + event_of("[DONE]")}) {
    const Passed result = passed(stream, true);
    EXPECT_TRUE(result.answers) << stream;
    EXPECT_FALSE(result.failure) << stream;
    EXPECT_EQ(result.bytes, stream);
  }
  for (const char* none : {"null", "\"\"", "{}", "[]", "false", "0"}) {
    const Passed result = passed(event_of(std::string("{\"error\":") + none + ",\"choices\":[{}]}"), true);
    EXPECT_TRUE(result.answers && !result.failure) << none;
  }
  EXPECT_FALSE(passed(": only a comment\n\n", true).answers);
  EXPECT_FALSE(passed(": only a comment\n\n", true).failure);
}

TEST(ReplyStream, AStreamOfUsageAloneHasNoAnswer) {
  const std::string usage = event_of(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0}})");
  EXPECT_FALSE(passed(usage, true).answers);
  EXPECT_FALSE(passed(usage, true).failure) << "an answer may follow";
  const Passed ended = passed(usage + event_of("[DONE]"), true);
  EXPECT_FALSE(ended.answers);
  EXPECT_TRUE(ended.failure);
}

// What an upstream says when it fails in the middle is for the client.
TEST(ReplyStream, AnErrorAfterAnAnswerPassesUntouched) {
  const std::string begin = event_of(R"({"choices":[{"delta":{"content":"half"}}]})");
  for (const std::string& error :
       {event_of(R"({"error":{"code":502},"choices":[{"finish_reason":"error","delta":{"content":""}}],"usage":)"
                 R"({"prompt_tokens":5,"completion_tokens":2}})"),
        event_of(R"({"choices":[{"finish_reason":"error","error":{"code":502},"delta":{"content":"er"}}]})"),
        "event: error\n" + event_of(R"({"id":"1","code":"502"})"), event_of(R"({"object":"error","code":502})")}) {
    for (const bool hide : {true, false}) {
      const Passed result = passed(begin + error + event_of("[DONE]"), hide);
      EXPECT_EQ(result.bytes, begin + error + event_of("[DONE]"));
      EXPECT_TRUE(result.answers);
      ASSERT_TRUE(result.failure) << error;
      EXPECT_EQ(result.failure->status, 502) << error;
      EXPECT_EQ(event_of(result.failure->data), error.substr(error.find("data:")));
    }
  }
  for (const std::string& good :
       {event_of(R"({"choices":[{"delta":{"content":"an \"error\", {\"error\":1}"}}],"error":null})"),
        event_of(R"({"choices":[{"delta":{},"finish_reason":"stop","error":null}]})"), event_of("[DONE]")}) {
    EXPECT_FALSE(passed(begin + good, true).failure) << good;
  }
}

TEST(ReplyStream, AnEventWithoutEndIsNotKept) {
  ReplyReader reader;
  ReplyStream events(reader, true);
  std::string out;
  const std::string piece(1 << 20, 'x');
  std::size_t most_held = 0;
  for (int i = 1; i <= 64; ++i) {
    events.take(piece, out);
    most_held = std::max(most_held, i * piece.size() - out.size());
  }
  EXPECT_LE(most_held, 5U << 20U);
}

RC_GTEST_PROP(ReplyStream, OtherBytesPassWhateverTheyAre, (const std::vector<std::string>& pieces, bool hide)) {
  ReplyReader reader;
  ReplyStream events(reader, hide);
  std::string whole, out;
  for (const std::string& piece : pieces) {
    whole += piece;
    events.take(piece, out);
  }
  events.end(out);
  RC_ASSERT(out == whole);
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

TEST(FailureIn, IsOfAWholeBodyOrOfEvents) {
  ReplyReader reader;
  const std::string said = R"({"choices":[{"message":{"content":"B"}}]})";
  EXPECT_FALSE(failure_in(reader, said));
  EXPECT_FALSE(failure_in(reader, event_of(said) + event_of("[DONE]")));
  for (const std::string& failed :
       {std::string(R"({"error":{"code":429}})"), event_of(R"({"error":{"code":429}})"),
        event_of(said) + event_of(R"({"error":{"code":429}})"), std::string(R"({"choices":[],"code":429})")}) {
    ASSERT_TRUE(failure_in(reader, failed)) << failed;
    EXPECT_EQ(failure_in(reader, failed)->status, 429) << failed;
  }
  for (const std::string& nothing :
       {std::string(), std::string("busy"), std::string(": ping\n\n"), event_of("[DONE]")}) {
    ASSERT_TRUE(failure_in(reader, nothing)) << nothing;
    EXPECT_EQ(failure_in(reader, nothing)->status, 0) << nothing;
  }
}

}  // namespace
}  // namespace assay::gateway
