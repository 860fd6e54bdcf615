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

TEST(DisplayWidth, EastAsianWideCharactersTakeTwo) {
  EXPECT_EQ(display_width("ひらがな"), 8U);
  EXPECT_EQ(display_width("カタカナ"), 8U);
  EXPECT_EQ(display_width("ｶﾀｶﾅ"), 4U) << "half-width forms";
  EXPECT_EQ(display_width("ＡＢ"), 4U) << "full-width forms";
  EXPECT_EQ(display_width("\xF0\xA0\x80\x80"), 2U) << "U+20000, beyond the basic plane";
  EXPECT_EQ(display_width("。"), 2U);
}

TEST(DisplayWidth, EmojiTakeTwo) {
  EXPECT_EQ(display_width("😀"), 2U);
  EXPECT_EQ(display_width("⌚"), 2U);
  EXPECT_EQ(display_width("🥇"), 2U);
  EXPECT_EQ(display_width("\xF0\x9F\xAB\xA0"), 2U) << "U+1FAE0, of Unicode 14";
}

TEST(DisplayWidth, CombiningMarksTakeNothing) {
  EXPECT_EQ(display_width("a\xCC\x88\xCC\xA3"), 1U) << "two marks";
  EXPECT_EQ(display_width("ที่"), 1U) << "Thai vowel and tone";
  EXPECT_EQ(display_width("क्"), 1U) << "Devanagari virama";
  EXPECT_EQ(display_width("か\xE3\x82\x99"), 2U) << "a voiced sound mark";
}

TEST(DisplayWidth, ZeroWidthCharactersTakeNothing) {
  EXPECT_EQ(display_width("a\xE2\x80\x8B"
                          "b"),
            2U)
      << "zero width space";
  EXPECT_EQ(display_width("a\xE2\x80\x8D"
                          "b"),
            2U)
      << "zero width joiner";
  EXPECT_EQ(display_width("\xEF\xBB\xBF"), 0U) << "byte order mark";
  EXPECT_EQ(display_width("\xE2\x9D\xA4\xEF\xB8\x8F"), 1U) << "a heart and the variation selector of emoji";
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
