#include "gateway/chat_request.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::gateway {
namespace {

ChatRequest read_body(std::string_view body) {
  ChatRequestReader reader;
  return reader.read(body);
}

std::string routed_text(const std::string& messages) {
  return read_body(R"({"model":"m","messages":)" + messages + "}").text;
}

std::string message_of_user(const std::string& text) {
  return nlohmann::json({{"role", "user"}, {"content", text}}).dump();
}

std::string refusal(std::string_view body) {
  try {
    read_body(body);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(ChatRequest, SaysModelAndStream) {
  const ChatRequest request = read_body(R"({"messages":[],"stream":true,"model":"assay/auto"})");
  EXPECT_EQ(request.model, "assay/auto");
  EXPECT_TRUE(request.stream);
  EXPECT_FALSE(request.usage_asked);
  EXPECT_EQ(request.text, "");
  EXPECT_FALSE(read_body(R"({"model":"m","stream":null})").stream);
  EXPECT_FALSE(read_body(R"({"model":"m","stream":"true"})").stream);
}

TEST(ChatRequest, IsOneObject) {
  EXPECT_EQ(refusal(R"({"model":"m"}{"model":"n"})"),
            "the body of the request: expected one JSON object, came something behind it");
  EXPECT_NE(refusal(R"({"model":"m"} x)"), "");
  EXPECT_EQ(refusal("{\"model\":\"m\"} \r\n\t "), "");
}

TEST(ChatRequest, IsReadOneAfterTheOther) {
  ChatRequestReader reader;
  EXPECT_EQ(reader.read(R"({"model":"m","messages":[{"role":"user","content":"one"}]})").text, "one");
  EXPECT_EQ(reader.read(R"({"model":"m","prompt":"two"})").text, "two");
  EXPECT_THROW(reader.read(R"({"model":)"), InvalidArgument);
  EXPECT_EQ(reader.read(R"({"model":"m","messages":[{"role":"user","content":"three"}]})").text, "three");
  EXPECT_EQ(reader.read(R"({"model":"m"})").text, "");
}

TEST(ChatRequest, KnowsEscapedNamesAndValues) {
  const ChatRequest request = read_body(R"({"\u006d\u006fdel":"g\u0070t \"4\" \/","\u0073tream":true})");
  EXPECT_EQ(request.model, "gpt \"4\" /");
  EXPECT_TRUE(request.stream);
  EXPECT_EQ(
      rewritten(R"({"\u006d\u006fdel":"g\u0070t"})", read_body(R"({"\u006d\u006fdel":"g\u0070t"})"), "b", false),
      R"({"\u006d\u006fdel":"b"})");
}

TEST(ChatRequest, RefusesWhatIsNone) {
  EXPECT_EQ(refusal(""), "the body of the request: expected a JSON object");
  EXPECT_EQ(refusal("[]"), "the body of the request: expected a JSON object");
  EXPECT_EQ(refusal("\"model\""), "the body of the request: expected a JSON object");
  EXPECT_EQ(refusal(R"({"model":"m")"), "the body of the request: expected a JSON object");
  EXPECT_EQ(refusal(R"({"model":"m" "x":1})"), "the body of the request: expected a JSON object");
  EXPECT_EQ(refusal("{}"), R"(the body of the request: expected a text as "model", came none)");
  EXPECT_EQ(refusal(R"({"a":{"model":"m"}})"), R"(the body of the request: expected a text as "model", came none)");
  EXPECT_EQ(refusal(R"({"model":1})"), R"(the body of the request: expected a text as "model")");
  EXPECT_EQ(refusal(R"({"model":null})"), R"(the body of the request: expected a text as "model")");
  EXPECT_EQ(refusal("{\"model\":\"\xFF\"}"), "the body of the request: expected UTF-8");
}

TEST(ChatRequest, IsNotFooledByDepth) {
  const std::string deep(100'000, '[');
  const std::string body = R"({"x":)" + deep + std::string(100'000, ']') + R"(,"model":"m"})";
  // Refused or read; either will do.
  try {
    EXPECT_EQ(read_body(body).model, "m");
  } catch (const InvalidArgument&) {
  }
  EXPECT_THROW(read_body(R"({"x":)" + deep + R"(,"model":"m"})"), InvalidArgument);
}

TEST(ChatRequest, RoutesByTheLastMessageOfAUser) {
  const std::string question(kEnoughText, 'q');
  EXPECT_EQ(routed_text(R"([{"role":"system","content":"s"},)" + message_of_user("before") + "," +
                        R"({"role":"assistant","content":"a"},)" + message_of_user(question) +
                        R"(,{"role":"assistant","content":"b"},{"role":"tool","content":"t"}])"),
            question);
}

TEST(ChatRequest, PutsEarlierQuestionsBeforeAShortOne) {
  const std::string question(kEnoughText, 'q');
  const std::string messages = "[" + message_of_user("first") + "," + message_of_user(question) + "," +
                               R"({"role":"assistant","content":"a"},)" + message_of_user("and why?") + "," +
                               message_of_user("more") + "]";
  EXPECT_EQ(routed_text(messages), question + "\nand why?\nmore");
}

TEST(ChatRequest, ReadsPartsOfText) {
  EXPECT_EQ(routed_text(R"([{"content":[{"type":"text","text":"one"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","text":"no"}},
      {"text":"two","type":"text"},{"type":"input_audio","input_audio":{}},7,null],"role":"user"}])"),
            "one\ntwo");
  EXPECT_EQ(routed_text(R"([{"role":"user","content":null},{"role":"user"},{"role":"user","content":7},3])"), "");
}

TEST(ChatRequest, ReadsPromptsOfCompletions) {
  EXPECT_EQ(read_body(R"({"model":"m","prompt":"once"})").text, "once");
  EXPECT_EQ(read_body(R"({"model":"m","prompt":["once","twice"]})").text, "once\ntwice");
  EXPECT_EQ(read_body(R"({"model":"m","prompt":[1,2,3]})").text, "");
  EXPECT_EQ(read_body(R"({"model":"m","prompt":"p","messages":[{"role":"user","content":"u"}]})").text, "u");
}

TEST(ChatRequest, ReadsAroundHalfACharacter) {
  EXPECT_EQ(routed_text(R"([{"role":"user","content":"half \ud83d of it"}])"), "half \xEF\xBF\xBD of it");
}

TEST(ChatRequest, CutsLongTextsInTheMiddle) {
  std::string text = "begin";
  while (text.size() < 100'000) text += "\xC3\xA9";  // a character of two bytes
  text += "end";
  const std::string routed = routed_text("[" + message_of_user(text) + "]");
  EXPECT_LE(routed.size(), kMostRoutedText);
  EXPECT_GT(routed.size(), kMostRoutedText - 8);
  EXPECT_TRUE(is_utf8(routed));
  EXPECT_TRUE(routed.starts_with("begin"));
  EXPECT_TRUE(routed.ends_with("end"));
}

TEST(ChatRequest, CutsManyPartsInTheMiddle) {
  nlohmann::json parts = nlohmann::json::array();
  for (int i = 0; i < 5'000; ++i) parts.push_back({{"type", "text"}, {"text", "part " + std::to_string(i)}});
  const std::string routed = routed_text(nlohmann::json::array({{{"role", "user"}, {"content", parts}}}).dump());
  EXPECT_LE(routed.size(), kMostRoutedText);
  EXPECT_GT(routed.size(), kMostRoutedText - 32);
  EXPECT_TRUE(routed.starts_with("part 0\npart 1\n"));
  EXPECT_TRUE(routed.ends_with("\npart 4999"));
}

TEST(ChatRequest, ReadsALargeBody) {
  const std::string picture(std::size_t{8} << 20U, 'A');
  const std::string body = R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
                           picture + R"("}},{"type":"text","text":"what?"}]}],"model":"m"})";
  const ChatRequest request = read_body(body);
  EXPECT_EQ(request.text, "what?");
  EXPECT_EQ(rewritten(body, request, "n", false), body.substr(0, body.size() - 3) + "n\"}");
}

std::string sent(const std::string& body, bool ask) { return rewritten(body, read_body(body), "new", ask); }

TEST(Rewritten, ReplacesEachModelOfTheTopAlone) {
  EXPECT_EQ(sent(R"({ "model" : "a" , "x":{"model":"a"},"model":"b","metadata":{"a":[{"model":"c"}]}} )", false),
            R"({ "model" : "new" , "x":{"model":"a"},"model":"new","metadata":{"a":[{"model":"c"}]}} )");
}

TEST(Rewritten, AsksForUsage) {
  EXPECT_EQ(sent(R"({"model":"a","stream":true})", true),
            R"({"stream_options":{"include_usage":true},"model":"new","stream":true})");
  EXPECT_EQ(sent(R"( {"model":"a","stream_options":{}})", true),
            R"( {"model":"new","stream_options":{"include_usage":true}})");
  EXPECT_EQ(sent(R"({"model":"a","stream_options":{ "x":1}})", true),
            R"({"model":"new","stream_options":{"include_usage":true, "x":1}})");
  EXPECT_EQ(sent(R"({"stream_options": null ,"model":"a"})", true),
            R"({"stream_options": {"include_usage":true} ,"model":"new"})");
  EXPECT_EQ(sent(R"({"stream_options":{"include_usage":false },"model":"a"})", true),
            R"({"stream_options":{"include_usage":true },"model":"new"})");
  EXPECT_EQ(sent(R"({"stream_options":{"include_usage":true},"model":"a"})", true),
            R"({"stream_options":{"include_usage":true},"model":"new"})");
  EXPECT_EQ(sent(R"({"stream_options":{"x":{"include_usage":true}},"model":"a"})", true),
            R"({"stream_options":{"include_usage":true,"x":{"include_usage":true}},"model":"new"})");
}

TEST(Rewritten, KnowsWhetherUsageWasAsked) {
  EXPECT_TRUE(read_body(R"({"model":"a","stream_options":{"include_usage":true}})").usage_asked);
  EXPECT_TRUE(read_body(R"({"model":"a","stream_options":{"include_usag\u0065": true }})").usage_asked);
  EXPECT_FALSE(read_body(R"({"model":"a","stream_options":{"include_usage":false}})").usage_asked);
  EXPECT_FALSE(read_body(R"({"model":"a","stream_options":null})").usage_asked);
  EXPECT_FALSE(read_body(R"({"model":"a","x":{"stream_options":{"include_usage":true}}})").usage_asked);
}

TEST(Rewritten, EscapesTheName) {
  const std::string body = R"({"model":"a"})";
  EXPECT_EQ(rewritten(body, read_body(body), "q\"\n\xC3\xA9", false), R"({"model":"q\"\n\u00e9"})");
}

// --- any body ---

std::string blanks() {
  return *rc::gen::container<std::string>(*rc::gen::inRange(0, 3), rc::gen::element(' ', '\n', '\t', '\r'));
}

// Values that a reader of JSON may lose something of.
std::string any_value() {
  return *rc::gen::element<std::string>(
      R"(1e400)", R"(-0.0)", R"(12345678901234567890123)", R"(1.10000)", R"("\u0041\/\ud83d")", R"({"model":"x"})",
      R"([{"model":"y","stream":true},[]])", R"({"stream_options":{"include_usage":true}, "a":{},"a":1})",
      R"(null)", R"("\"model\":\"z\"")", R"({ })", R"([ ])", R"("}{][")", "\"\xC3\xA9\"");
}

struct AnyBody {
  std::string body, expected;
};

// A body in pieces, and what must become of it, which no reader of JSON had a part in.
AnyBody any_body() {
  AnyBody result;
  const auto both = [&](const std::string& text) {
    result.body += text;
    result.expected += text;
  };
  const int members = *rc::gen::inRange(1, 8);
  const int model = *rc::gen::inRange(0, members);
  both(blanks() + "{");
  for (int i = 0; i < members; ++i) {
    if (i > 0) both(",");
    if (i == model || *rc::gen::inRange(0, 6) == 0) {
      both(blanks() + *rc::gen::element<std::string>(R"("model")", R"("mode\u006c")", R"("\u006Dodel")") +
           blanks() + ":" + blanks());
      result.body += *rc::gen::element<std::string>(R"("old")", R"("")", R"("a\"b")", R"("\u0041")");
      result.expected += R"("new")";
      both(blanks());
    } else {
      both(blanks() +
           *rc::gen::element<std::string>(R"("seed")", R"("")", R"("Model")", R"("model ")", R"("\u0000model")",
                                          R"("tools")") +
           blanks() + ":" + blanks() + any_value() + blanks());
    }
  }
  both("}" + blanks());
  return result;
}

RC_GTEST_PROP(Rewritten, LeavesEveryOtherByteAsItCame, ()) {
  const AnyBody any = any_body();
  RC_ASSERT(rewritten(any.body, read_body(any.body), "new", false) == any.expected);
}

RC_GTEST_PROP(Rewritten, AddsUsageAndNothingElse, ()) {
  const AnyBody any = any_body();
  std::string asked = rewritten(any.body, read_body(any.body), "new", true);
  RC_ASSERT(read_body(asked).usage_asked);
  const std::string added = R"("stream_options":{"include_usage":true},)";
  const std::size_t place = asked.find(added);
  RC_ASSERT(place != std::string::npos);
  RC_ASSERT(asked.erase(place, added.size()) == any.expected);
}

RC_GTEST_PROP(Rewritten, ChangesUsageWhereItStands, ()) {
  const std::string key = *rc::gen::element<std::string>(R"("stream_options")", R"("stream_option\u0073")");
  const std::string before = R"({"model":"m",)" + blanks() + key + ":" + blanks() + "{" + blanks();
  const std::string flag = *rc::gen::element<std::string>("true", "false", "null", "0", "\"no\"");
  const std::string after = blanks() + R"(,"other":)" + any_value() + "}" + blanks() + "}";
  const std::string name = R"("include_usage")" + blanks() + ":" + blanks();
  const std::string body = before + name + flag + after;
  const ChatRequest request = read_body(body);
  RC_ASSERT(request.usage_asked == (flag == "true"));
  RC_ASSERT(rewritten(body, request, "m", true) == before + name + "true" + after);
}

}  // namespace
}  // namespace assay::gateway
