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

}  // namespace
}  // namespace assay::http
