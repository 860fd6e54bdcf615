#include "assay/report/wrapped_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WrappedLines, BreaksAtBlanks) {
  EXPECT_THAT(wrapped_lines("one two three four", 9), ElementsAre("one two", "three", "four"));
  EXPECT_THAT(wrapped_lines("one two", 7), ElementsAre("one two"));
  EXPECT_THAT(wrapped_lines("one two", 3), ElementsAre("one", "two"));
  EXPECT_THAT(wrapped_lines("a\n\nb\n", 10), ElementsAre("a", "", "b"));
  EXPECT_THAT(wrapped_lines("a\r\nb", 10), ElementsAre("a", "b"));
  EXPECT_THAT(wrapped_lines("", 10), IsEmpty());
}

TEST(WrappedLines, BreaksWordsThatAreTooLong) {
  EXPECT_THAT(wrapped_lines("abcdefgh ij", 3), ElementsAre("abc", "def", "gh", "ij"));
  EXPECT_THAT(wrapped_lines("   abcdefgh", 5), ElementsAre("   ab", "cdefg", "h"));
  EXPECT_THAT(wrapped_lines("日本語", 4), ElementsAre("日本", "語"));
  EXPECT_THAT(wrapped_lines("日", 1), ElementsAre("日")) << "at least one character a line";
}

TEST(WrappedLines, NothingReachesTheTerminalUnescaped) {
  EXPECT_THAT(wrapped_lines("a\033[2Jb\a\xFF", 80), ElementsAre("a\\x1b[2Jb\\x07\\xff"));
  EXPECT_THAT(wrapped_lines("a\tb\n12345678\tc", 80), ElementsAre("a       b", "12345678        c"));
}

RC_GTEST_PROP(WrappedLines, FitAndLoseNothingButBlanks, (const std::string& text)) {
  const std::size_t columns = *rc::gen::inRange<std::size_t>(8, 30);
  std::string joined, expected;
  for (const std::string& line : wrapped_lines(text, columns)) {
    RC_ASSERT(display_width(line) <= columns);
    RC_ASSERT(escaped(line) == line);
    joined += line;
  }
  std::string plain = text;
  // Blanks in their places: bytes that they kept apart must not become a character.
  for (char& c : plain) {
    if (c == '\n' || c == '\t' || c == '\r') c = ' ';
  }
  expected = escaped(plain);
  std::erase(joined, ' ');
  std::erase(expected, ' ');
  // A carriage return is left out at the end of a line alone.
  for (std::string* one : {&joined, &expected}) {
    for (std::size_t at = 0; (at = one->find("\\x0d")) != std::string::npos;) one->erase(at, 4);
  }
  RC_ASSERT(joined == expected);
}

}  // namespace
}  // namespace assay::report
