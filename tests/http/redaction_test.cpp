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

}  // namespace
}  // namespace assay::http
