#include "assay/view/junit.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "assay/core/utf8.h"

namespace assay::view {
namespace {

using app::CheckOutcome;
using testing::HasSubstr;

// Only what XML 1.0 allows in an attribute or in text, with markup escaped.
bool may_stand_in_xml(std::string_view text) {
  if (!is_utf8(text)) return false;
  if (text.find("\xEF\xBF\xBE") != std::string_view::npos || text.find("\xEF\xBF\xBF") != std::string_view::npos) {
    return false;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x20 ||
        std::string_view("<>\"'").find(text[at]) != std::string_view::npos)
      return false;
    if (text[at] != '&') continue;
    const std::string_view entity = text.substr(at, text.find(';', at) - at + 1);
    const std::vector<std::string_view> known = {"&lt;",   "&gt;",  "&amp;", "&quot;",
                                                 "&apos;", "&#10;", "&#13;", "&#9;"};
    if (std::ranges::find(known, entity) == known.end()) return false;
  }
  return true;
}

TEST(AsXml, EscapesMarkup) {
  EXPECT_EQ(as_xml("a <b> & \"c\" 'd' ]]>"), "a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; ]]&gt;");
  EXPECT_EQ(as_xml("1\n2\t3\r"), "1&#10;2&#9;3&#13;");
  EXPECT_EQ(as_xml("grüße 한국어"), "grüße 한국어");
}

TEST(AsXml, ReplacesWhatXmlHasNoPlaceFor) {
  const std::string none("\xEF\xBF\xBD");
  EXPECT_EQ(as_xml(std::string_view("a\0b\x1B[31m", 8)), "a" + none + "b" + none + "[31m");
  EXPECT_EQ(as_xml("\xFFx\xEF\xBF\xBEy\xED\xA0\x80"), none + "x" + none + "y" + none + none + none);
}

RC_GTEST_PROP(AsXml, AnyBytesMayStand, (const std::string& text)) { RC_ASSERT(may_stand_in_xml(as_xml(text))); }

TEST(Junit, HasACaseForEachCheck) {
  const std::string xml = to_junit(
      {{"a.assay",
        {{"best is <x>", CheckOutcome::passed, "came <x>"}, {"rate", CheckOutcome::failed, "expected 1, came 0"}}},
       {"b.assay", {{"rate", CheckOutcome::undecided, "more calls"}}}});
  EXPECT_EQ(xml, R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="assay" tests="3" failures="2" errors="0" time="0">
  <testsuite name="a.assay" tests="2" failures="1" errors="0" skipped="0" time="0">
    <testcase classname="a.assay" name="best is &lt;x&gt;" time="0">
      <system-out>came &lt;x&gt;</system-out>
    </testcase>
    <testcase classname="a.assay" name="rate" time="0">
      <failure type="failed" message="expected 1, came 0">expected 1, came 0</failure>
    </testcase>
  </testsuite>
  <testsuite name="b.assay" tests="1" failures="1" errors="0" skipped="0" time="0">
    <testcase classname="b.assay" name="rate" time="0">
      <failure type="undecided" message="more calls">more calls</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(CheckLines, EscapeForTheTerminal) {
  const std::string text = to_text({{"a.assay", {{"best is \x1B[2J", CheckOutcome::failed, "came \x07"}}}});
  EXPECT_EQ(text, "Failed: best is \\x1b[2J: came \\x07\n");
  EXPECT_THAT(to_text({{"a\n", {{"n", CheckOutcome::passed, "m"}}}, {"b", {}}}), HasSubstr("Passed: a\\x0a: n: m"));
}

}  // namespace
}  // namespace assay::view
