#include "assay/judge/final_answer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace assay::judge {
namespace {

TEST(FinalAnswer, IsWhatTheTextSaysItIs) {
  const std::pair<const char*, const char*> all[] = {
      {"so \\boxed{42}.", "42"},
      {"\\boxed{1} and then \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"},
      {"\\boxed{\\text{(B)}}", "(B)"},
      {"48/2 = 24\n#### 72", "72"},
      {"The answer is 7.", "7"},
      {"**Answer:** Paris", "Paris"},
      {"Answer: 1\nNo. Answer: 2", "2"},
      {"Final answer\xEF\xBC\x9A 5", "5"},
      {"The final answer is:\n\n$$12$$", "12"},
      {"the answer would be \"blue\".", "blue"},
      {"The correct answer is **B. Paris**", "B. Paris"},
      {"ANSWER = 3", "3"},
      {"答案：42", "42"},
      {"所以，正确答案应该是 7。\n谢谢", "7。"},
      {"Answer: 1\n答案是2", "2"},
  };
  for (const auto& [text, answer] : all) EXPECT_EQ(final_answer(text), answer) << text;
  for (const char* text :
       {"", "42", "I can't answer that.", "answer", "Answer:", "the answers vary", "\\boxed{4"}) {
    EXPECT_FALSE(final_answer(text)) << text;
  }
}

TEST(FinalAnswer, ReferencesAreMarkedAlone) {
  EXPECT_EQ(marked_answer("way\n#### 1,000"), "1,000");
  EXPECT_EQ(marked_answer("way \\boxed{x}"), "x");
  EXPECT_FALSE(marked_answer("The answer is 7."));
}

TEST(FinalAnswer, OrnamentsAreGone) {
  for (const char* text : {"x", " x ", "**x**", "`x`", "$x$", "\\(x\\)", "\"x\"", "*\"x.\"*", "x.", "\\text{x}",
                           "\xE2\x80\x9Cx\xE2\x80\x9D"}) {
    EXPECT_EQ(bare(text), "x") << text;
  }
  EXPECT_EQ(bare("x..."), "x...");
  EXPECT_EQ(bare("\\text{a} and \\text{b}"), "\\text{a} and \\text{b}");
}

TEST(FinalAnswer, AnyBytesWillDo) {
  EXPECT_TRUE(rc::check([](const std::string& any) {
    final_answer(any);
    RC_ASSERT(bare(bare(any)) == bare(any));
  }));
  EXPECT_TRUE(rc::check([](const std::string& any) {
    final_answer("\\boxed{" + any);
    final_answer("answer is " + any);
  }));
}

}  // namespace
}  // namespace assay::judge
