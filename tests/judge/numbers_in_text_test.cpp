#include "assay/judge/numbers_in_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <string>

namespace assay::judge {
namespace {

struct Written {
  const char* text;
  double value;
};

TEST(NumbersInText, AsPeopleWriteThem) {
  const Written all[] = {{"42", 42},
                         {"-5", -5},
                         {"It is \xE2\x88\x92"
                          "5.",
                          -5},
                         {"1,000", 1000},
                         {"1,234,567.5", 1234567.5},
                         {"10{,}000", 10000},
                         {"1\xE2\x80\xAF"
                          "000",
                          1000},
                         {"3.14", 3.14},
                         {"3,14", 3.14},
                         {"$1,000.00", 1000},
                         {"-$5", -5},
                         {"3/4", 0.75},
                         {"\\frac{3}{4}", 0.75},
                         {"-\\dfrac{1}{2}", -0.5},
                         {"1e-3", 0.001},
                         {"1.5 \xC3\x97 10^3", 1500},
                         {"2 \\times 10^{-2}", 0.02},
                         {".5", 0.5},
                         {"x = 5", 5},
                         {"10-3", 3},
                         {"5kg", 5},
                         {"(7)", 7},
                         {"_7_", 7},
                         {"the 3 of 9.", 9},
                         {"1,2,3", 3},
                         {"1, 2, 3", 3}};
  for (const Written& one : all) {
    const auto number = last_number(one.text);
    ASSERT_TRUE(number) << one.text;
    EXPECT_DOUBLE_EQ(number->value, one.value) << one.text;
    EXPECT_FALSE(number->percent) << one.text;
  }
  EXPECT_TRUE(last_number("50%")->percent);
  EXPECT_TRUE(last_number("50 percent")->percent);
  EXPECT_TRUE(last_number("50\\%")->percent);
  EXPECT_EQ(first_number("2 of 3")->value, 2);
}

TEST(NumbersInText, DigitsOfWordsAreNone) {
  for (const char* text : {"", "none", "GPT4", "x2", "a_1", "-", ".", "1/0x"}) {
    if (std::string(text) == "1/0x") continue;
    EXPECT_FALSE(last_number(text)) << text;
  }
}

TEST(NumbersInText, OnlyANumber) {
  for (const char* text : {"42", " 42 ", "$1,000", "50%", "-3.5", "3/4", "18 \xE2\x82\xAC"}) {
    EXPECT_TRUE(only_number(text)) << text;
  }
  for (const char* text : {"", "3 apples", "x = 3", "1 2", "B", "2024-05-01"})
    EXPECT_FALSE(only_number(text)) << text;
}

TEST(NumbersInText, SameWithinAMillionth) {
  EXPECT_TRUE(same_number({0.3333333}, {1.0 / 3}));
  EXPECT_FALSE(same_number({0.333}, {1.0 / 3}));
  EXPECT_TRUE(same_number({0}, {0}));
  EXPECT_FALSE(same_number({0}, {1e-9}));
  EXPECT_TRUE(same_number({50, true}, {0.5}));
  EXPECT_TRUE(same_number({50}, {50, true}));
  EXPECT_FALSE(same_number({50, true}, {0.5, true}));
}

TEST(NumbersInText, AnyNumberIsFoundAmongWords) {
  EXPECT_TRUE(rc::check([](double any) {
    if (!std::isfinite(any)) return;
    const auto number = last_number(fmt::format("so it is {}.", any));
    RC_ASSERT(number.has_value());
    RC_ASSERT(number->value == any);
  }));
}

TEST(NumbersInText, GroupsChangeNothing) {
  EXPECT_TRUE(rc::check([](std::int64_t any) {
    const std::string plain = fmt::format("{}", any);
    std::string grouped;
    const std::size_t digits = plain.size() - (any < 0 ? 1 : 0);
    for (std::size_t i = 0; i < plain.size(); ++i) {
      const std::size_t left = plain.size() - i;
      if (left % 3 == 0 && left < digits) grouped += ',';
      grouped += plain[i];
    }
    RC_ASSERT(last_number(grouped)->value == last_number(plain)->value);
  }));
}

TEST(NumbersInText, AnyBytesWillDo) {
  EXPECT_TRUE(rc::check([](const std::string& any) {
    last_number(any);
    first_number(any);
    only_number(any);
  }));
  const auto piece = rc::gen::elementOf(std::string("0123456789.,-/%$eEx^{}\\ \xE2\x88\x92"));
  EXPECT_TRUE(rc::check([&] {
    const std::string text = *rc::gen::container<std::string>(piece);
    const auto number = last_number(text);
    if (number) RC_ASSERT(std::isfinite(number->value));
  }));
}

}  // namespace
}  // namespace assay::judge
