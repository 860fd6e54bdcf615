#include "assay/file/random_bytes.h"

#include <gtest/gtest.h>

namespace assay::file {
namespace {

TEST(RandomBytes, AreAsManyAsWantedAndNeverTheSame) {
  EXPECT_EQ(random_bytes(16).size(), 16U);
  EXPECT_EQ(random_bytes(256).size(), 256U);
  EXPECT_NE(random_bytes(16), random_bytes(16));
}

TEST(RandomBytes, AreNoneWhereTheSystemGivesNoSuchNumber) { EXPECT_TRUE(random_bytes(257).empty()); }

}  // namespace
}  // namespace assay::file
