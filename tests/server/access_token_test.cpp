#include "server/access_token.h"

#include <gtest/gtest.h>

#include <set>

namespace assay::server {
namespace {

TEST(AccessToken, IsThirtyTwoDigitsAndNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 200; ++i) {
    const std::string token = random_token();
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos) << token;
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 200U);
}

TEST(AccessToken, IsTheSameOnlyAsItself) {
  const std::string token = random_token();
  EXPECT_TRUE(same_token(token, token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(same_token(token, other)) << i;
  }
  EXPECT_FALSE(same_token(token, ""));
  EXPECT_FALSE(same_token(token, token + "0"));
  EXPECT_FALSE(same_token(token, token.substr(1)));
}

}  // namespace
}  // namespace assay::server
