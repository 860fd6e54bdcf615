#include "assay/text/folded.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace assay::text {
namespace {

TEST(Folded, ComposesFoldsCaseAndJoinsBlanks) {
  EXPECT_EQ(folded(" Cafe\xCC\x81  AU\n\tlait "), "caf\xC3\xA9 au lait");
  EXPECT_EQ(folded("STRASSE"), folded("stra\xC3\x9F"
                                      "e"));
  EXPECT_EQ(folded("\xCE\xA3"), "\xCF\x83");
  EXPECT_EQ(folded("a\xC2\xA0"
                   "b"),
            "a b");
  EXPECT_EQ(folded(" \n"), "");
  EXPECT_EQ(folded("A\xff"), "A\xff") << "no UTF-8 stays";
}

TEST(Folded, OnceIsEnough) {
  EXPECT_TRUE(rc::check([](const std::string& any) { RC_ASSERT(folded(folded(any)) == folded(any)); }));
}

}  // namespace
}  // namespace assay::text
