#include "assay/core/surrogates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace assay {
namespace {

struct Mended {
  std::string text;
  std::size_t halves;
};

Mended mended(std::string text) {
  const std::size_t halves = mend_surrogates(text);
  return {text, halves};
}

TEST(Surrogates, HalvesAreReplacedInPlace) {
  struct Row {
    const char* json;
    const char* mended;
    std::size_t halves;
  };
  for (const Row& row : std::initializer_list<Row>{
           {R"("a\ud83d")", R"("a\ufffd")", 1},
           {R"("\uD83D.")", R"("\ufffd.")", 1},
           {R"("\ude00")", R"("\ufffd")", 1},
           {R"("\ude00\ud83d")", R"("\ufffd\ufffd")", 2},
           {R"("\ud83d\ud83d\ude00")", R"("\ufffd\ud83d\ude00")", 1},
           {R"("\ud83d\u0041")", R"("\ufffd\u0041")", 1},
           {R"("\ud83d\\ude00")", R"("\ufffd\\ude00")", 1},
           {R"("\ud83d\ude00")", R"("\ud83d\ude00")", 0},
           {R"("\\ud83d")", R"("\\ud83d")", 0},  // a backslash and letters
           {R"("\u0041\n\ue000\ud7ff")", R"("\u0041\n\ue000\ud7ff")", 0},
           {R"("\ud83)", R"("\ud83)", 0},
           {R"("\ud83")", R"("\ud83")", 0},
           {R"("\ud8 3")", R"("\ud8 3")", 0},
           {R"("\u-d83")", R"("\u-d83")", 0},
           {"\\", "\\", 0},
           {"", "", 0},
       }) {
    const Mended result = mended(row.json);
    EXPECT_EQ(result.text, row.mended) << row.json;
    EXPECT_EQ(result.halves, row.halves) << row.json;
    if (row.halves > 0) EXPECT_TRUE(may_have_surrogates(row.json)) << row.json;
  }
  EXPECT_FALSE(may_have_surrogates(R"("\n\u00e4 ud83d")"));
}

TEST(Surrogates, PlacesStayAndASecondTimeChangesNothing) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& pieces) {
    static constexpr const char* kPieces[] = {"\\", "\\ud83d", "\\ude00", "\\u", "d83d", "a", "\"", "\\uD8"};
    std::string text;
    for (const int piece : pieces) text += kPieces[static_cast<unsigned>(piece) % std::size(kPieces)];
    const Mended once = mended(text);
    RC_ASSERT(once.text.size() == text.size());
    RC_ASSERT(mended(once.text).halves == 0U);
    RC_ASSERT((once.text == text) == (once.halves == 0));
  }));
}

}  // namespace
}  // namespace assay
