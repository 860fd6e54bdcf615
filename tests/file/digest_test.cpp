#include "assay/file/digest.h"

#include <gtest/gtest.h>

#include <array>

namespace assay::file {
namespace {

TEST(Digest, CountsWhereATextEnds) {
  constexpr std::array<std::string_view, 2> kOne{"ab", "c"};
  constexpr std::array<std::string_view, 2> kOther{"a", "bc"};
  EXPECT_NE(digest(kOne), digest(kOther));
  EXPECT_EQ(digest(kOne), digest(kOne));
}

TEST(Digest, IsWrittenInSmallHexadecimalDigits) {
  EXPECT_EQ(hex(std::string_view("\x00\x0f\xa5\xff", 4)), "000fa5ff");
  EXPECT_EQ(hex(""), "");
  EXPECT_EQ(hex(bytes_of(digest("Which planet is the largest?"))).size(), 32U);
}

}  // namespace
}  // namespace assay::file
