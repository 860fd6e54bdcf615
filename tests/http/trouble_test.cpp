#include "assay/http/trouble.h"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

HttpReply reply_of(int status, std::string body, std::string type = "application/json") {
  HttpReply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.content_type = std::move(type);
  return reply;
}

std::optional<int> status_of(int status, std::string body, std::string type = "application/json") {
  const auto trouble = trouble_in(reply_of(status, std::move(body), std::move(type)));
  return trouble ? std::optional(trouble->status) : std::nullopt;
}

TEST(Trouble, PassingStatusesAreTheEndpoints) {
  for (const int status : {408, 409, 425, 429, 502, 503, 504, 520, 522, 524, 529}) {
    EXPECT_EQ(trouble_of(status).about, About::endpoint) << status;
    EXPECT_TRUE(trouble_of(status).passes) << status;
    EXPECT_FALSE(trouble_of(status).at_first) << status;
  }
  for (const int status : {409, 425, 429, 503, 529}) EXPECT_FALSE(trouble_of(status).may_cost) << status;
  for (const int status : {408, 500, 502, 504}) EXPECT_TRUE(trouble_of(status).may_cost) << status;
  for (const int status : {500, 507, 599}) EXPECT_EQ(trouble_of(status).about, About::request) << status;
}

TEST(Trouble, WhatConcernsOneRequest) {
  for (const int status : {400, 403, 404, 413, 418, 422, 307}) {
    EXPECT_EQ(trouble_of(status).about, About::request) << status;
    EXPECT_FALSE(trouble_of(status).passes) << status;
  }
  EXPECT_TRUE(trouble_of(404).at_first);
  EXPECT_FALSE(trouble_of(400).at_first);
  for (const int status : {401, 402}) {
    EXPECT_EQ(trouble_of(status).about, About::endpoint) << status;
    EXPECT_FALSE(trouble_of(status).passes) << status;
  }
}

TEST(Trouble, AnErrorInAGoodReplyIsReadByItsCode) {
  EXPECT_EQ(status_of(200, R"({"choices": [{"message": {"content": "an error? no"}}]})"), std::nullopt);
  EXPECT_EQ(status_of(200, R"({"error": null, "choices": [{"message": {"content": "x"}}]})"), std::nullopt);
  EXPECT_EQ(status_of(200, R"({"error": {"code": 429, "message": "x"}})"), 429);
  EXPECT_EQ(status_of(200, R"({"choices": null, "error": {"code": "502"}})"), 502);
  EXPECT_EQ(status_of(200, R"({"error": {"code": "rate_limit_exceeded"}})"), 429);
  EXPECT_EQ(status_of(200, R"({"error": {"type": "Overloaded Error"}})"), 529);
  EXPECT_EQ(status_of(200, R"({"error": {"code": 403, "type": "server_error"}})"), 403);
  EXPECT_EQ(status_of(200, R"([{"error": {"code": 503, "status": "UNAVAILABLE"}}])"), 503);
  EXPECT_EQ(status_of(200, R"({"object": "error", "message": "x", "code": 400})"), 400);
  EXPECT_EQ(status_of(200, R"({"error": "out of order"})"), 500);
  EXPECT_EQ(status_of(200, R"({"error": {"code": 200}})"), 500);
  EXPECT_EQ(status_of(200, R"({"choices": [{"finish_reason": "error", "message": {"content": ""}}]})"), 502);
  EXPECT_EQ(status_of(200, R"({"choices": [{"error": {"code": 504}, "message": {"content": ""}}]})"), 504);
  EXPECT_EQ(
      status_of(200, "data: {\"choices\": []}\n\ndata: {\"error\": {\"code\": 408}}\n\n", "text/event-stream"),
      408);
  EXPECT_EQ(status_of(200, "error, and no JSON"), std::nullopt);
}

TEST(Trouble, AQuotaThatIsUsedUpIsForGood) {
  EXPECT_EQ(status_of(429, R"({"error": {"code": "insufficient_quota"}})"), 402);
  EXPECT_EQ(status_of(429, R"({"error": {"type": "insufficient_quota", "code": null}})"), 402);
  EXPECT_EQ(status_of(200, R"({"error": {"code": 402}})"), 402);
  EXPECT_EQ(status_of(429, R"({"error": {"code": "rate_limit_exceeded"}})"), 429);
  EXPECT_EQ(status_of(503, "<html>"), 503);
}

TEST(Trouble, WhatTheRequestHoldsIsNeverTheEndpoints) {
  EXPECT_TRUE(trouble_in(reply_of(403, "{}"))->at_first);
  EXPECT_FALSE(trouble_in(reply_of(403, R"({"error": {"metadata": {"reasons": ["violence"]}}})"))->at_first);
  EXPECT_FALSE(trouble_in(reply_of(404, R"({"error": {"code": "content_filter"}})"))->at_first);
  EXPECT_TRUE(trouble_in(reply_of(400, R"({"error": {"code": "context_length_exceeded"}})"))->of_content);
  EXPECT_FALSE(trouble_in(reply_of(400, R"({"error": {"param": "response_format"}})"))->of_content);
}

}  // namespace
}  // namespace assay::http
