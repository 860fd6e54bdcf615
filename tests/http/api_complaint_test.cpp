#include "assay/http/api_complaint.h"

#include <gtest/gtest.h>

namespace assay::http {
namespace {

TEST(ApiComplaint, IsTheMessageOrWhatCame) {
  EXPECT_EQ(api_complaint(R"({"error": {"message": "no such model"}})"), "\"no such model\"");
  EXPECT_EQ(api_complaint(R"({"error": "busy"})"), "\"busy\"");
  for (const char* body :
       {"", "{", "3", "[1]", "{}", R"({"error": {}})", R"({"error": [1]})", R"({"error": {"message": 3}})"}) {
    EXPECT_NE(api_complaint(body).find(std::string(body).substr(0, 1)), std::string::npos) << body;
  }
}

TEST(ApiComplaint, IsShortAndNothingThatATerminalObeys) {
  EXPECT_EQ(api_complaint("<html>\x1b[31m"), "\"<html>\\x1b[31m\"");
  EXPECT_LT(api_complaint(std::string(100'000, 'x')).size(), 300U);
}

TEST(LikelyReason, NoKeyWasSent) {
  HttpRequest request{.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}}};
  const std::string url = "https://api.example.com/v1";
  EXPECT_NE(likely_reason(401, url, request).find("OPENAI_API_KEY"), std::string::npos);
  EXPECT_NE(likely_reason(403, url, request).find("OPENAI_API_KEY"), std::string::npos);
  EXPECT_EQ(likely_reason(500, url, request), "");
  request.headers.emplace_back("api-key", "secret");
  EXPECT_EQ(likely_reason(401, url, request), "") << "it was sent, and is wrong";
}

TEST(LikelyReason, TheUrlHasNoVersion) {
  const HttpRequest request;
  for (const char* url : {"https://api.openai.com", "https://api.openai.com/", "https://v1.example.com/api"}) {
    const std::string reason = likely_reason(404, url, request);
    EXPECT_NE(reason.find(std::string("\"") + url + "\" has no version"), std::string::npos) << reason;
  }
  for (const char* url : {"https://api.openai.com/v1", "http://[::1]:80/v1beta/openai", "http://x/api/v4/"}) {
    EXPECT_EQ(likely_reason(404, url, request), "") << url;
  }
}

}  // namespace
}  // namespace assay::http
