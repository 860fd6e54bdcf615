#include "assay/judge/answer_match.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

namespace assay::judge {
namespace {

struct RealAnswer {
  MatchKind kind;
  const char* response;
  const char* reference;
  bool right;
};

// As models have been seen to answer.
const RealAnswer kRealAnswers[] = {
    {MatchKind::number, "So she pays **$1,000.00**.", "1000", true},
    {MatchKind::number, "#### 72", "She sold 48/2 = 24. #### 72", true},
    {MatchKind::number, "The answer is 50%.", "0.5", true},
    {MatchKind::number, "50", "50%", true},
    {MatchKind::number, "\\boxed{\\frac{3}{4}}", "0.75", true},
    {MatchKind::number, "= 3/4", "0.75", true},
    {MatchKind::number, "It is −5.", "-5", true},
    {MatchKind::number, "x - 3", "3", true},
    {MatchKind::number, "10-3", "3", true},
    {MatchKind::number, "GPT4 says nothing", "4", false},
    {MatchKind::number, "1.5 × 10^3", "1500", true},
    {MatchKind::number, "1,234,567", "1234567", true},
    {MatchKind::number, "The answer is 42 because 3 of 7", "42", true},
    {MatchKind::number, "We get x = 5, y = 7. The answer is x = 5", "5", true},
    {MatchKind::number, "Total: 3,14", "3.14", true},
    {MatchKind::number, "1,2,3", "3", true},
    {MatchKind::number, "10{,}000", "10000", true},
    {MatchKind::number, "$18", "18", true},
    {MatchKind::number, "18 dollars", "18", true},
    {MatchKind::number, "<think>it is 7</think>8", "7", false},
    {MatchKind::number, "<think>it is 7</think>8", "8", true},
    {MatchKind::number, "1e-3", "0.001", true},
    {MatchKind::number, "0.333333", "0.3333333", true},
    {MatchKind::number, "0.33", "0.3333333", false},
    {MatchKind::number, "2024-05-01", "1", true},
    {MatchKind::choice, "B", "B", true},
    {MatchKind::choice, "(B)", "B", true},
    {MatchKind::choice, "**B**", "B", true},
    {MatchKind::choice, "The answer is (B) because A is wrong", "B", true},
    {MatchKind::choice, "\\boxed{B}", "B", true},
    {MatchKind::choice, "\\boxed{\\text{B}}", "B", true},
    {MatchKind::choice, "\\boxed{\\textbf{(B)}}", "B", true},
    {MatchKind::choice, "b", "B", true},
    {MatchKind::choice, "B) Paris", "B", true},
    {MatchKind::choice, "B. Paris", "B", true},
    {MatchKind::choice, "Answer: B", "B", true},
    {MatchKind::choice, "**Answer:** B", "B", true},
    {MatchKind::choice, "The correct answer is: **B. Paris**", "B", true},
    {MatchKind::choice, "A capital city is Paris, so option C", "C", true},
    {MatchKind::choice, "I think it is C.", "C", true},
    {MatchKind::choice, "I think so.", "I", false},
    {MatchKind::choice, "A dog", "A", false},
    {MatchKind::choice, "The answer is A<|im_end|>", "A", true},
    {MatchKind::choice, "Answer: A</s>", "A", true},
    {MatchKind::choice, "Answer: A!", "A", true},
    {MatchKind::choice, "A \xE2\x9C\x85", "A", true},
    {MatchKind::choice, "Answer: A because it is", "A", true},
    {MatchKind::choice, "A <end>", "A", true},
    {MatchKind::choice, "N/A", "A", false},
    {MatchKind::choice, "A \xC3\xA9tude", "A", false},
    {MatchKind::choice, "a <b> is a tag", "A", false},
    {MatchKind::choice, "<think>A", "A", false},
    {MatchKind::number, "<think>hmm 42", "42", false},
    {MatchKind::number, "<think>6 times 7\n42", "42", true},
    {MatchKind::choice, "The answer is a cat", "A", false},
    {MatchKind::choice, "Let me think.\n\nB", "B", true},
    {MatchKind::choice, "<think>A or B? A.</think>\n\nB", "B", true},
    {MatchKind::choice, "The best choice is (D).", "D", true},
    {MatchKind::choice, "Option B", "B", true},
    {MatchKind::choice, "The correct option is B", "B", true},
    {MatchKind::choice, "A is correct.", "A", true},
    {MatchKind::choice, "answer is b.", "B", true},
    {MatchKind::choice, "C\n\nExplanation: A and B are wrong", "C", true},
    {MatchKind::choice, "I'd choose B", "B", true},
    {MatchKind::choice, "The answer is **C) 42**", "C", true},
    {MatchKind::choice, "Final Answer: C", "C", true},
    {MatchKind::choice, "Neither A nor B", "C", false},
    {MatchKind::choice, "a\tB'", "a\tB'", true},
    {MatchKind::exact, "Paris.", "paris", true},
    {MatchKind::exact, "The answer is Paris.", "Paris", true},
    {MatchKind::exact, "It is Paris", "Paris", false},
    {MatchKind::exact, " \"Paris\" ", "Paris", true},
    {MatchKind::exact, "Cafe\xCC\x81", "CAF\xC3\x89", true},
    {MatchKind::exact, "Final answer: **New  York**", "new york", true},
    {MatchKind::exact, "Lyon", "[\"Paris\",\"Lyon\"]", true},
    {MatchKind::exact, "\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", true},
    {MatchKind::exact, "so $\\boxed{x^2+1}$.", "We see that \\boxed{x^2+1}.", true},
    {MatchKind::contains, "It is Paris, of course", "paris", true},
    {MatchKind::contains, "42", "4", false},
    {MatchKind::contains, "4 apples", "4", true},
    {MatchKind::contains, "Parisian", "Paris", false},
    {MatchKind::json, "```json\n{\"a\": 1, \"b\": [2]}\n```", "{\"b\":[2.0],\"a\":1}", true},
    {MatchKind::json, "Here: {\"a\":1}", "{\"a\":1}", true},
    {MatchKind::json, "{\"a\":2}", "{\"a\":1}", false},
    {MatchKind::json, "no", "{\"a\":1}", false},
    {MatchKind::json, "[1,2]", "[1,2]", true},
};

TEST(AnswerMatch, ReadsWhatModelsSay) {
  for (const RealAnswer& one : kRealAnswers) {
    EXPECT_EQ(matches(one.kind, one.response, one.reference), one.right)
        << name(one.kind) << ": " << one.response << " | " << one.reference;
  }
}

TEST(AnswerMatch, AReferenceTellsHowItIsMeant) {
  const std::pair<const char*, const char*> all[] = {
      {"B", "choice"},       {"(c)", "choice"},     {"42", "number"},
      {"$1,000", "number"},  {"50%", "number"},     {"48/2=24 so\n#### 72", "number"},
      {"Paris", "exact"},    {"{\"a\":1}", "json"}, {"[1, 2]", "number"},
      {"[\"a\"]", "choice"}, {"[[1]]", "json"},     {"\\frac{1}{2}", "number"},
      {"x+1", "exact"},      {"3 apples", "exact"}, {"yes", "exact"},
  };
  for (const auto& [reference, kind] : all) EXPECT_EQ(name(kind_of_reference(reference)), kind) << reference;
}

TEST(AnswerMatch, KindsHaveNames) {
  for (const MatchKindEntry& entry : match_kinds()) {
    EXPECT_EQ(match_kind(entry.name), entry.kind);
    EXPECT_EQ(name(entry.kind), entry.name);
  }
  EXPECT_FALSE(match_kind("fuzzy"));
}

TEST(AnswerMatch, WhatCanNotMatchIsWrong) {
  const std::pair<MatchKind, const char*> all[] = {{MatchKind::number, "Paris"},
                                                   {MatchKind::choice, "no letter here"},
                                                   {MatchKind::json, "{"},
                                                   {MatchKind::exact, " "},
                                                   {MatchKind::contains, ""}};
  for (const auto& [kind, reference] : all) {
    EXPECT_FALSE(can_match(kind, reference)) << reference;
    EXPECT_FALSE(matches(kind, reference, reference)) << reference;
  }
}

TEST(AnswerMatch, AReferenceIsRight) {
  EXPECT_TRUE(rc::check([](const std::string& any) {
    for (const MatchKindEntry& entry : match_kinds()) {
      // A text of several answers, or in thoughts, may mean another one than all of it.
      if (!can_match(entry.kind, any) || entry.kind == MatchKind::contains) continue;
      if (any.find_first_of("<[#\\") != std::string::npos) continue;
      RC_ASSERT(matches(entry.kind, any, any));
    }
  }));
}

TEST(AnswerMatch, AnyNumberInAnyDress) {
  EXPECT_TRUE(rc::check([](std::int32_t any) {
    const std::string reference = std::to_string(any);
    for (const char* dress : {"{}", "The answer is {}.", "So 3 and 5 make **{}**", "#### {}", "$\\boxed{{{}}}$",
                              "<think>maybe 12</think>{}", "Answer: {} apples", "It costs {} dollars."}) {
      RC_ASSERT(matches(MatchKind::number, fmt::format(fmt::runtime(dress), reference), reference));
      RC_ASSERT(!matches(MatchKind::number, fmt::format(fmt::runtime(dress), std::int64_t{any} + 1), reference));
    }
  }));
}

TEST(AnswerMatch, AnyLetterInAnyDress) {
  EXPECT_TRUE(rc::check([] {
    const std::string letter(1, *rc::gen::inRange('A', static_cast<char>('Z' + 1)));
    const std::string other(1, letter == "Z" ? 'Y' : 'Z');
    for (const char* dress :
         {"{}", "({})", "{}.", "**{}**", "The answer is {}.", "The answer is ({}) since all else fails",
          "Answer: {}", "\\boxed{{{}}}", "<think>it may be C</think>\n\n{}", "{}) forty-two", "**Answer: {}**",
          "Option {}", "Let us see.\n\n({})", "The correct option is **({})**."}) {
      RC_ASSERT(matches(MatchKind::choice, fmt::format(fmt::runtime(dress), letter), letter));
      RC_ASSERT(!matches(MatchKind::choice, fmt::format(fmt::runtime(dress), other), letter));
    }
  }));
}

TEST(AnswerMatch, CaseAndBlanksAreNoDifference) {
  EXPECT_TRUE(rc::check([] {
    const auto word = rc::gen::container<std::string>(rc::gen::inRange('a', static_cast<char>('z' + 1)));
    const std::string one = *word;
    const std::string two = *word;
    RC_PRE(!one.empty() && !two.empty());
    std::string loud = one + " \n " + two;
    for (char& c : loud) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    RC_ASSERT(matches(MatchKind::exact, " \"" + loud + ".\"", one + " " + two));
    RC_ASSERT(matches(MatchKind::contains, "zzz, " + loud + "!", one + " " + two));
  }));
}

TEST(AnswerMatch, AnyBytesWillDo) {
  EXPECT_TRUE(rc::check([](const std::string& response, const std::string& reference) {
    kind_of_reference(reference);
    for (const MatchKindEntry& entry : match_kinds()) {
      if (matches(entry.kind, response, reference)) RC_ASSERT(can_match(entry.kind, reference));
    }
  }));
}

}  // namespace
}  // namespace assay::judge
