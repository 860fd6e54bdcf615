#include "assay/judge/label_in_reply.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace assay::judge {
namespace {

const std::vector<std::string> kLetterNames = {"A", "B", "C", "D"};
const std::vector<std::string> kMoods = {"negative", "neutral", "positive"};
const std::vector<std::string> kSafety = {"safe", "not safe"};
const std::vector<std::string> kYesOrNo = {"是", "否"};
const std::vector<std::string> kSafeOrUnsafe = {"safe", "unsafe"};

const std::vector<std::string> kCases = {"positive", "Positive"};

struct Reply {
  const char* text;
  const std::vector<std::string>* labels;
  Label label;
};

const Reply kReplies[] = {
    {"B", &kLetterNames, 2},
    {"The answer is (C).", &kLetterNames, 3},
    {"<think>It could be A.</think>\nAnswer: D", &kLetterNames, 4},
    {"<think>It could be A. The answer is B, or", &kLetterNames, 0},  // cut off
    {"<think>This looks positive", &kMoods, 0},
    {"<analysis>A or B.\nAnswer: B", &kLetterNames, 2},  // its end was forgotten
    {"<analysis>It looks negative.\npositive", &kMoods, 3},
    {"A</think>B", &kLetterNames, 2},
    {"Answer: A<|im_end|>", &kLetterNames, 1},
    {"Answer: A</answer>", &kLetterNames, 1},
    {"Answer: A because it is", &kLetterNames, 1},
    {"N/A", &kLetterNames, 0},
    {"**N/A**", &kLetterNames, 0},
    {"N/A - the question is unclear", &kLetterNames, 0},
    {"Q&A", &kLetterNames, 0},
    {"R&D", &kLetterNames, 0},
    {"A/B", &kLetterNames, 0},
    {"【B】", &kLetterNames, 2},
    {"[C]", &kLetterNames, 3},
    {"答案：【D】", &kLetterNames, 4},
    {"\\boxed{A}", &kLetterNames, 1},
    {"B\n\nA is wrong because it is.", &kLetterNames, 2},
    {"A is wrong, so B", &kLetterNames, 2},
    {"It is not B", &kLetterNames, 0},
    {"I think it is A or B", &kLetterNames, 0},
    {"B,C", &kLetterNames, 0},
    {"B) tea, and not C", &kLetterNames, 2},
    {"C would be wrong.\n\n**D**", &kLetterNames, 4},
    {"I would say B here.", &kLetterNames, 2},
    {"negative\n\nIt is not Positive at all", &kMoods, 1},
    {"Positive", &kCases, 2},
    {"positive", &kCases, 1},
    {"POSITIVE", &kCases, 0},
    {"E", &kLetterNames, 0},  // not offered
    {"I do not know.", &kLetterNames, 0},
    {"", &kLetterNames, 0},
    {"Positive", &kMoods, 3},
    {"**NEUTRAL**.", &kMoods, 2},
    {"The sentiment is **positive**.", &kMoods, 3},
    {"It is not positive but negative.", &kMoods, 0},  // two
    {"First it looks positive.\nAnswer: negative", &kMoods, 1},
    {"Answer: negative, as he is not positive", &kMoods, 1},
    {"The final answer is: \\boxed{\\text{neutral}}", &kMoods, 2},
    {"{\"label\": \"negative\"}", &kMoods, 1},
    {"positively", &kMoods, 0},  // no whole word
    {"This is not safe.", &kSafety, 2},
    {"This is safe.", &kSafety, 1},
    {"Not  SAFE", &kSafety, 2},
    {"It is safe, or not safe", &kSafety, 0},
    {"The text is not safe for children", &kSafeOrUnsafe, 0},
    {"Not safe", &kSafeOrUnsafe, 0},
    {"Answer: not safe", &kSafeOrUnsafe, 0},
    {"This isn't safe.", &kSafeOrUnsafe, 0},
    {"never safe", &kSafeOrUnsafe, 0},
    {"Not B", &kLetterNames, 0},
    {"The answer is not B", &kLetterNames, 0},
    {"Neither A nor B", &kLetterNames, 0},
    {"Ｂ", &kLetterNames, 2},
    {"答案：B", &kLetterNames, 2},
    {"答案是（Ｂ）。因为A不对，C也不对。", &kLetterNames, 2},
    {"先看A，再看C。\n正确答案为 **B**。", &kLetterNames, 2},
    {"我选B。", &kLetterNames, 2},
    {"정답은 B입니다", &kLetterNames, 2},
    {"不是B", &kLetterNames, 0},
    {"不是 B", &kLetterNames, 0},
    {"答案不是（B）。", &kLetterNames, 0},
    {"B不对", &kLetterNames, 0},
    {"Bではない", &kLetterNames, 0},
    {"B가 아니다", &kLetterNames, 0},
    {"The answer isn’t B", &kLetterNames, 0},
    {"Not **B**", &kLetterNames, 0},
    {"not option B", &kLetterNames, 0},
    {"Option B is incorrect.", &kLetterNames, 0},
    {"The minor B", &kLetterNames, 2},
    {"这不是 safe", &kSafeOrUnsafe, 0},
    {"It is no longer safe.", &kSafeOrUnsafe, 0},
    {"A和B都有可能", &kLetterNames, 0},
    {"是。", &kYesOrNo, 1},
    {"答案：否", &kYesOrNo, 2},
    {"不是", &kYesOrNo, 0},
};

TEST(LabelInReply, IsTheOneThatIsNamed) {
  for (const Reply& reply : kReplies) {
    EXPECT_EQ(label_in_reply(reply.text, *reply.labels, static_cast<Label>(reply.labels->size())), reply.label)
        << reply.text;
  }
}

TEST(LabelInReply, OnlyOfThoseOffered) {
  EXPECT_EQ(label_in_reply("C", kLetterNames, 2), kUnanswered);
  EXPECT_EQ(label_in_reply("B", kLetterNames, 2), 2);
}

TEST(LabelInReply, WhateverStrangersWrite) {
  rc::check([] {
    const auto reply = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('A', 'B', '(', ')', ' ', '\n', '*', '\\', '{', '}', '#', '<', '>', ':'),
                       rc::gen::arbitrary<char>()));
    RC_ASSERT(label_in_reply(reply, kLetterNames, 3) <= 3);
    RC_ASSERT(label_in_reply(reply, kMoods, 3) <= 3);
    RC_ASSERT(options_in_prompt(reply, 7) >= 1);
    RC_ASSERT(options_in_prompt(reply, 7) <= 7);
  });
}

TEST(OptionsInPrompt, CountsTheList) {
  EXPECT_EQ(options_in_prompt("Which?\nA. tea\nB. coffee\nC. milk", 10), 3);
  EXPECT_EQ(options_in_prompt("Which?\n(A) tea\n(B) coffee\n", 10), 2);
  EXPECT_EQ(options_in_prompt("Which?\n A) tea\n B) coffee\nAnswer:", 10), 2);
  EXPECT_EQ(options_in_prompt("哪一个？\nＡ．茶\nＢ．咖啡\nＣ．牛奶", 10), 3);
  EXPECT_EQ(options_in_prompt("哪一个？\nA、茶\nB、咖啡", 10), 2);
  EXPECT_EQ(options_in_prompt("哪一个？\n【A】茶\n【B】咖啡", 10), 2);
  EXPECT_EQ(options_in_prompt("Which?\n• A. tea\n• B. coffee\n• C. milk", 10), 3);
  EXPECT_EQ(options_in_prompt("Which?\n[A] tea\n[B] coffee", 10), 2);
  EXPECT_EQ(options_in_prompt("Which?", 10), 10) << "no list";
  EXPECT_EQ(options_in_prompt("A. Smith wrote this.", 10), 10) << "one line is no list";
  EXPECT_EQ(options_in_prompt("An example:\nA. 1\nB. 2\nC. 3\n\nNow:\nA. x\nB. y", 10), 2) << "the last list";
  EXPECT_EQ(options_in_prompt("A. 1\nB. 2\nC. 3\nD. 4", 3), 3) << "no more labels than there are";
}

}  // namespace
}  // namespace assay::judge
