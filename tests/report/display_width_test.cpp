#include "assay/report/display_width.h"

#include <gtest/gtest.h>

namespace assay::report {
namespace {

TEST(DisplayWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("gpt-4"), 5U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);  // e and a combining acute
  EXPECT_EQ(display_width("한국어"), 6U);
  EXPECT_EQ(display_width("模型"), 4U);
  EXPECT_EQ(display_width("🚀"), 2U);
  EXPECT_EQ(display_width("x\xFF\xFE"), 3U);
}

TEST(DisplayWidth, CutsOnlyWhatIsTooLong) {
  EXPECT_EQ(cut_to_width("gpt-4", 5), "gpt-4");
  EXPECT_EQ(cut_to_width("gpt-4", 4), "gpt…");
  EXPECT_EQ(cut_to_width("gpt-4", 1), "…");
  EXPECT_EQ(cut_to_width("gpt-4", 0), "");
  EXPECT_EQ(cut_to_width("", 0), "");
}

TEST(DisplayWidth, NeverCutsWithinAWideCharacter) {
  EXPECT_EQ(cut_to_width("한국어", 6), "한국어");
  EXPECT_EQ(cut_to_width("한국어", 5), "한국…");
  EXPECT_EQ(cut_to_width("한국어", 4), "한…");
}

}  // namespace
}  // namespace assay::report
