#include "assay/judge/chat_protocol.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

std::string completion_of(const std::string& content, const std::string& finish = "stop") {
  return R"({"choices":[{"index":0,"message":{"role":"assistant","content":)" + content + R"(},"finish_reason":")" +
         finish + R"("}],"usage":{"prompt_tokens":120,"completion_tokens":7}})";
}

std::string message_of(const ChatSettings& settings) {
  try {
    chat_request(settings, PromptKind::pair, "hello");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(ChatProtocol, RequestsAreTheSameBytesForTheSameQuestion) {
  EXPECT_EQ(
      chat_request({"judge-1", 300, 0.5, ReplyKind::line}, PromptKind::pair, "say \"a\"\n"),
      R"({"model":"judge-1","messages":[{"role":"user","content":"say \"a\"\n"}],"max_tokens":300,"temperature":0.5})");
  EXPECT_EQ(
      chat_request({"j", 9, {}, ReplyKind::json}, PromptKind::pair, "x"),
      R"({"model":"j","messages":[{"role":"user","content":"x"}],"max_tokens":9,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{"type":"object","properties":{"marker":{"type":"string"},"verdict":{"type":"string","enum":["A","B","TIE"]}},"required":["marker","verdict"],"additionalProperties":false}}}})");
  EXPECT_EQ(message_of({""}), "expected the name of the judge's model, came an empty one");
  EXPECT_EQ(message_of({"j", 0}), "a reply must have at least 1 token, came 0");
  const std::string other = chat_request({"j", 9, {}, ReplyKind::line, true}, PromptKind::pair, "x");
  EXPECT_EQ(other, R"({"model":"j","messages":[{"role":"user","content":"x"}],"max_completion_tokens":9})");
  EXPECT_EQ(read_chat_request(other)->max_tokens, 9U);
  EXPECT_EQ(message_of({"j", 1, 2.5}), "the temperature must be from 0 to 2, came 2.5");
}

TEST(ChatProtocol, AServerReadsTheRequest) {
  const auto request = read_chat_request(chat_request({"j", 9, {}, ReplyKind::json}, PromptKind::score, "x\ty"));
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "j");
  EXPECT_EQ(request->user_message, "x\ty");
  EXPECT_EQ(request->max_tokens, 9U);
  EXPECT_EQ(request->reply, ReplyKind::json);
  EXPECT_FALSE(request->stream);
  EXPECT_FALSE(read_chat_request("{"));
  EXPECT_FALSE(read_chat_request("[1]"));
  EXPECT_FALSE(read_chat_request(R"({"model":"j","messages":[{"role":"system","content":"x"}]})"));
}

TEST(ChatProtocol, ReadsACompletion) {
  const ChatReply reply = read_chat_reply(200, "application/json; charset=utf-8", completion_of("\"hi\""));
  EXPECT_EQ(reply.failure, CallFailure::none);
  EXPECT_EQ(reply.content, "hi");
  EXPECT_EQ(reply.tokens_in, 120U);
  EXPECT_EQ(reply.tokens_out, 7U);
  EXPECT_EQ(
      read_chat_reply(200, "", completion_of(R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])")).content,
      "ab");
  EXPECT_FALSE(read_chat_reply(200, "", R"({"choices":[{"message":{"content":"x"}}]})").tokens_in);
  EXPECT_FALSE(read_chat_reply(200, "", R"({"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":-5}})")
                   .tokens_in);
}

TEST(ChatProtocol, ReadsAStreamWhoseLinesEndWithCarriageReturns) {
  const ChatReply reply = read_chat_reply(
      200, "text/event-stream",
      "data: {\"choices\":[{\"delta\":{\"content\":\"B\"},\"finish_reason\":\"stop\"}]}\r\rdata: [DONE]\r\r");
  EXPECT_EQ(reply.failure, CallFailure::none) << reply.detail;
  EXPECT_EQ(reply.content, "B");
}

TEST(ChatProtocol, ReadsAStreamedCompletion) {
  const std::string body =
      "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"VER\"}}]}\r\n\r\n"
      ": comment\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\"DICT\"},\"finish_reason\":\"stop\"}]}\n\n"
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";
  const ChatReply reply = read_chat_reply(200, "text/event-stream", body);
  EXPECT_EQ(reply.failure, CallFailure::none);
  EXPECT_EQ(reply.content, "VERDICT");
  EXPECT_EQ(reply.tokens_in, 5U);
  EXPECT_EQ(read_chat_reply(200, "text/event-stream", body.substr(0, 90)).failure, CallFailure::broken_off);
  EXPECT_EQ(read_chat_reply(200, "text/event-stream", "data: {\n").failure, CallFailure::not_chat);
}

TEST(ChatProtocol, EachFailureIsOfItsOwnKind) {
  const auto detail = [](int status, const std::string& type, const std::string& body, CallFailure failure) {
    const ChatReply reply = read_chat_reply(status, type, body);
    EXPECT_EQ(name(reply.failure), name(failure)) << body;
    return reply.detail;
  };
  EXPECT_EQ(detail(429, "", R"({"error":{"message":"slow down"}})", CallFailure::rate_limited),
            "expected HTTP status 200, came 429: \"slow down\"");
  EXPECT_EQ(detail(503, "text/html", "<html>", CallFailure::server_error),
            "expected HTTP status 200, came 503: \"<html>\"");
  EXPECT_EQ(detail(401, "", R"({"error":"no \u001b[31mkey"})", CallFailure::rejected),
            "expected HTTP status 200, came 401: \"no \\x1b[31mkey\"");
  EXPECT_EQ(detail(200, "text/html", "<html>", CallFailure::not_chat),
            "expected JSON, came content of type \"text/html\"");
  EXPECT_EQ(detail(200, "application/json", "{\"choices\":", CallFailure::not_chat),
            "expected JSON, came \"{\"choices\":\"");
  EXPECT_EQ(detail(200, "application/json", "{}", CallFailure::not_chat),
            "expected a chat completion, came a reply without choices");
  EXPECT_EQ(detail(200, "application/json", R"({"error":{"message":"overloaded"}})", CallFailure::not_chat),
            "expected a chat completion, came an error: \"overloaded\"");
  EXPECT_EQ(
      detail(200, "", R"({"choices":[{"message":{"content":null,"refusal":"I can't"},"finish_reason":"stop"}]})",
             CallFailure::refused),
      "the model declined: \"I can't\"");
  EXPECT_EQ(detail(200, "", completion_of("\"\"", "content_filter"), CallFailure::refused),
            "the model declined: \"content_filter\"");
  EXPECT_EQ(detail(200, "", completion_of("\"VERDICT k7d2m9q4: A\"", "length"), CallFailure::truncated),
            "the reply ended at the limit of tokens, `max_tokens`");
}

// Where a server puts what was said, and what was only thought.
TEST(ChatProtocol, ReadsContentInParts) {
  const auto content = [](const std::string& json) {
    const ChatReply reply = read_chat_reply(200, "", completion_of(json));
    EXPECT_EQ(name(reply.failure), "none") << json << reply.detail;
    return reply.content;
  };
  EXPECT_EQ(content(R"(["a","b"])"), "ab");
  EXPECT_EQ(content(R"([{"type":"output_text","text":"a"},"b",{"text":"c"}])"), "abc");
  EXPECT_EQ(content(R"({"type":"text","text":"a"})"), "a");
  EXPECT_EQ(content(R"([{"type":"text","text":{"value":"a"}}])"), "a");
  for (const char* thought :
       {R"({"type":"thinking","thinking":[{"type":"text","text":"VERDICT"}]})",
        R"({"type":"thinking","text":"VERDICT"})", R"({"type":"reasoning","text":"VERDICT"})",
        R"({"type":"redacted_thinking","data":"VERDICT"})", R"({"thought":true,"text":"VERDICT"})",
        R"({"type":"image_url","image_url":{}})", "null", "7"}) {
    EXPECT_EQ(content("[" + std::string(thought) + R"(,{"type":"text","text":"a"}])"), "a");
  }
}

TEST(ChatProtocol, TellsThatAReplyHasNoContent) {
  const auto detail = [](const std::string& message, const std::string& finish = "stop") {
    const ChatReply reply = read_chat_reply(
        200, "", R"({"choices":[{"message":{)" + message + R"(},"finish_reason":")" + finish + "\"}]}");
    EXPECT_EQ(name(reply.failure), finish == "stop" ? "unreadable" : "truncated") << message;
    return reply.detail;
  };
  const std::string reasoned = "the reply has no content, only reasoning";
  EXPECT_EQ(detail(R"("content":null,"reasoning_content":"VERDICT k7d2m9q4: A")"), reasoned);
  EXPECT_EQ(detail(R"("content":"","reasoning_content":"A")"), reasoned);
  EXPECT_EQ(detail(R"("content":" \n","reasoning":"A")"), reasoned);
  EXPECT_EQ(detail(R"("reasoning_details":[{"text":"A"}])"), reasoned);
  EXPECT_EQ(detail(R"("content":"<think>VERDICT k7d2m9q4: A</think>\n")"), reasoned);
  EXPECT_EQ(detail(R"("content":[{"type":"thinking","thinking":"A"}])"), reasoned);
  EXPECT_EQ(detail(R"("content":"","reasoning_content":"")"), "the reply has no content");
  EXPECT_EQ(detail(R"("content":null)"), "the reply has no content");
  EXPECT_EQ(detail(R"("content":"","reasoning_content":"A")", "length"),
            "the reply ended at the limit of tokens, `max_tokens`, before it had any content");
  const ChatReply streamed =
      read_chat_reply(200, "text/event-stream",
                      "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"A\"}}]}\n\n"
                      "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n");
  EXPECT_EQ(streamed.detail, reasoned);
}

TEST(ChatProtocol, TellsWhoRepliedAndWhetherItThought) {
  const auto read = [](const std::string& message, const std::string& more = "") {
    return read_chat_reply(200, "", R"({"choices":[{"message":)" + message + "}]" + more + "}");
  };
  EXPECT_EQ(read(R"({"content":"A"})", R"(,"model":"m-2024")").model, "m-2024");
  EXPECT_EQ(read(R"({"content":"A"})", R"(,"model":7)").model, "");
  EXPECT_FALSE(read(R"({"content":"A"})").thoughts);
  EXPECT_TRUE(read(R"({"content":"<think>B?</think>A"})").thoughts);
  EXPECT_TRUE(read(R"({"content":"A","reasoning_content":"B?"})").thoughts);
}

TEST(ChatProtocol, ReadsHalfACharacter) {
  EXPECT_EQ(read_chat_reply(200, "application/json", completion_of(R"("both \ud83d.\nVERDICT m: A")")).content,
            "both \xEF\xBF\xBD.\nVERDICT m: A");
  EXPECT_EQ(read_chat_reply(200, "application/json", completion_of(R"("\ude00\ud83d\ude00")")).content,
            "\xEF\xBF\xBD\xF0\x9F\x98\x80");
  const ChatReply streamed =
      read_chat_reply(200, "text/event-stream",
                      "data: {\"choices\":[{\"delta\":{\"content\":\"a\\ud83d\"},\"finish_reason\":\"stop\"}]}\n\n"
                      "data: [DONE]\n");
  EXPECT_EQ(streamed.content, "a\xEF\xBF\xBD");
  EXPECT_EQ(read_chat_reply(429, "", R"({"error":{"message":"slow \ud83d"}})").detail,
            "expected HTTP status 200, came 429: \"slow \xEF\xBF\xBD\"");
  EXPECT_EQ(read_chat_request(R"({"model":"j","messages":[{"role":"user","content":"x\ud83d"}]})")->user_message,
            "x\xEF\xBF\xBD");
}

TEST(ChatProtocol, AnyBytesAreRead) {
  EXPECT_TRUE(rc::check([](const std::string& body, int status) {
    read_chat_reply(200, "application/json", body);
    read_chat_reply(200, "text/event-stream", "data: " + body);
    read_chat_reply(status, body, body);
    read_chat_request(body);
  }));
}

}  // namespace
}  // namespace assay::judge
