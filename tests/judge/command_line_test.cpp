#include "assay/judge/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/core/error.h"

namespace assay::judge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SplitWords, SplitsAsAShellWould) {
  EXPECT_THAT(split_words("a b  c\td\ne "), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(split_words(R"(a 'b c' "d e"f g\ h)"), ElementsAre("a", "b c", "d ef", "g h"));
  EXPECT_THAT(split_words(R"(a '' "")"), ElementsAre("a", "", ""));
  EXPECT_THAT(split_words(R"(a 'it''s' '\' "\"\\\n")"), ElementsAre("a", "its", "\\", "\"\\\\n"));
}

TEST(SplitWords, MeansNothingByWhatAShellWouldAct) {
  EXPECT_THAT(split_words("a $HOME * ~ | b; c > d & `e` $(f) #g"),
              ElementsAre("a", "$HOME", "*", "~", "|", "b;", "c", ">", "d", "&", "`e`", "$(f)", "#g"));
}

TEST(SplitWords, RefusesWhatIsNoCommand) {
  const auto message = [](std::string_view text) {
    try {
      split_words(text);
    } catch (const InvalidArgument& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_EQ(message(""), "expected a program and its arguments, came \"\"");
  EXPECT_EQ(message("  \t"), "expected a program and its arguments, came \"  \\x09\"");
  EXPECT_THAT(message("'' a"), HasSubstr("expected a program"));
  EXPECT_THAT(message("a 'b"), HasSubstr("a quote ' is not closed"));
  EXPECT_THAT(message("a \"b\\\""), HasSubstr("a quote \" is not closed"));
  EXPECT_THAT(message("a b\\"), HasSubstr("nothing follows the backslash at the end"));
  EXPECT_THAT(message(std::string_view("a\0b", 3)), HasSubstr("a zero byte"));
}

}  // namespace
}  // namespace assay::judge
