#include "assay/http/api_request.h"

#include <gmock/gmock.h>

#include "assay/core/error.h"

namespace assay::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::string complaint_about(const std::string& text) {
  try {
    header_in(text);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(ApiRequest, AHeaderIsReadAsItIsWritten) {
  EXPECT_THAT(header_in("X-Title: my tests"), Pair("X-Title", "my tests"));
  EXPECT_THAT(header_in("x-api-key:abc"), Pair("x-api-key", "abc"));
  EXPECT_THAT(header_in("HTTP-Referer:   https://a.b/c:d  "), Pair("HTTP-Referer", "https://a.b/c:d"));
  EXPECT_THAT(header_in("X-Name: Zo\xC3\xAB"), Pair("X-Name", "Zo\xC3\xAB"));
}

TEST(ApiRequest, WhatIsWrongWithAHeaderIsToldWithoutItsValue) {
  EXPECT_THAT(complaint_about("hunter2hunter2"), HasSubstr("came one without a colon"));
  EXPECT_THAT(complaint_about(": hunter2"), HasSubstr("expected the name of a header before the colon"));
  EXPECT_THAT(complaint_about("hunter2 again: x"), HasSubstr("expected the name of a header before the colon"));
  EXPECT_THAT(complaint_about("X-A:"), HasSubstr("expected a value of the header \"X-A\", came none"));
  EXPECT_THAT(complaint_about("X-A: hunter2\r\nHost: b"), HasSubstr("\"X-A\" has control characters in it"));
  EXPECT_THAT(complaint_about(std::string("X-A: hunter2\0", 13)), HasSubstr("control characters"));
  EXPECT_THAT(complaint_about("X-A: hunter2\x7F"), HasSubstr("control characters"));
  EXPECT_THAT(complaint_about("X\r\nA: hunter2"), HasSubstr("expected the name of a header"));
  for (const char* name : {"Host", "content-length", "TRANSFER-ENCODING", "Connection"}) {
    EXPECT_THAT(complaint_about(std::string(name) + ": hunter2"), HasSubstr("how a message is sent")) << name;
  }
  for (const char* text :
       {"hunter2hunter2", ": hunter2", "hunter2 again: x", "X-A: hunter2\r\n", "Host: hunter2"}) {
    EXPECT_THAT(complaint_about(text), Not(HasSubstr("hunter2")));
  }
}

TEST(ApiRequest, HasTheKeyAndTheHeaders) {
  const HttpRequest request =
      api_request({.url = "https://host/v1", .key = "sk-1", .headers = {{"X-Title", "mine"}}}, "chat/completions");
  EXPECT_EQ(request.url, "https://host/v1/chat/completions");
  EXPECT_EQ(request.method, "POST");
  EXPECT_THAT(request.headers,
              ElementsAre(Pair("Content-Type", "application/json"), Pair("Accept", "application/json"),
                          Pair("Authorization", "Bearer sk-1"), Pair("X-Title", "mine")));
  EXPECT_EQ(request.connect, Milliseconds(10'000));
  EXPECT_EQ(api_request({.url = "https://host/v1", .timeout = Milliseconds(50)}, "x").connect, Milliseconds(50));
}

TEST(ApiRequest, AHeaderTakesThePlaceOfOneOfItsName) {
  const HttpRequest request =
      api_request({.url = "https://host/v1", .key = "sk-1", .headers = {{"authorization", "Basic abc"}}}, "x");
  EXPECT_THAT(request.headers, ElementsAre(Pair("Content-Type", "application/json"),
                                           Pair("Accept", "application/json"), Pair("authorization", "Basic abc")));
}

TEST(ApiRequest, AzureGetsItsKeyInItsOwnHeader) {
  const HttpRequest request =
      api_request({.url = "https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21", .key = "k-1"},
                  "chat/completions");
  EXPECT_EQ(request.url,
            "https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21");
  EXPECT_THAT(request.headers, ElementsAre(Pair("Content-Type", "application/json"),
                                           Pair("Accept", "application/json"), Pair("api-key", "k-1")));
}

TEST(ApiRequest, SomeHeadersStandForTheKey) {
  EXPECT_TRUE(has_key({{"X-Title", "a"}, {"X-API-Key", "b"}}));
  EXPECT_TRUE(has_key({{"api-key", "b"}}));
  EXPECT_TRUE(has_key({{"authorization", "b"}}));
  EXPECT_FALSE(has_key({{"X-Title", "a"}}));
}

}  // namespace
}  // namespace assay::http
