#include "assay/http/redaction.h"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

HttpReply reply_with(const std::string& body) {
  HttpReply reply;
  reply.body = body;
  return reply;
}

TEST(Redaction, TheKeyIsCutOutOfWhatTheServerSays) {
  const HttpRequest sent{.url = "http://x", .headers = {{"Accept", "*/*"}, {"Authorization", "Bearer sk-12345"}}};
  EXPECT_EQ(redacted(reply_with("bad key sk-12345, yes sk-12345"), sent).body, "bad key [key], yes [key]");
  EXPECT_EQ(redacted(reply_with("bad key sk-1234"), sent).body, "bad key sk-1234");
  HttpReply odd;
  odd.content_type = "sk-12345";
  odd.detail = "sk-12345 failed";
  EXPECT_EQ(redacted(odd, sent).content_type, "[key]");
  EXPECT_EQ(redacted(odd, sent).detail, "[key] failed");
}

TEST(Redaction, AWordInTheKeysPlaceStays) {
  const HttpRequest sent{.url = "http://x", .headers = {{"Authorization", "Bearer EMPTY"}}};
  EXPECT_EQ(redacted(reply_with("EMPTY"), sent).body, "EMPTY");
  EXPECT_EQ(redacted(reply_with("a body"), {.url = "http://x"}).body, "a body");
}

TEST(Redaction, EveryHeaderMayHoldASecret) {
  const HttpRequest sent{.url = "http://x",
                         .headers = {{"Accept", "application/json"},
                                     {"Content-Type", "application/json"},
                                     {"x-api-key", "ab/cd\"ef\\gh+"},
                                     {"X-Title", "short"}}};
  EXPECT_EQ(redacted(reply_with("no ab/cd\"ef\\gh+ here"), sent).body, "no [key] here");
  EXPECT_EQ(redacted(reply_with("short, application/json"), sent).body, "short, application/json");
  HttpReply limited;
  limited.rate_limits = {{"x-ratelimit-of", "ab/cd\"ef\\gh+"}};
  EXPECT_EQ(redacted(limited, sent).rate_limits[0].second, "[key]");
}

TEST(Redaction, ASecretIsFoundAsJsonWritesIt) {
  const HttpRequest sent{.url = "http://x", .headers = {{"x-api-key", "ab/cd\"ef\\gh+"}}};
  EXPECT_EQ(redacted(reply_with(R"({"error": "no ab\/cd\"ef\\gh+ here"})"), sent).body,
            R"({"error": "no [key] here"})");
  EXPECT_EQ(redacted(reply_with(R"({"error": "no ab\u002fcd\u0022ef\u005Cgh\u002B, ab\u002fc"})"), sent).body,
            R"({"error": "no [key], ab\u002fc"})");
  EXPECT_EQ(redacted(std::string("aab/cd\"ef\\gh+"), sent), "a[key]");
}

}  // namespace
}  // namespace assay::http
