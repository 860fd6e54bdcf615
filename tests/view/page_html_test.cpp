#include "assay/view/page_html.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "assay/core/error.h"

namespace assay::view {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array kAssets = {web::PageAsset{"page.js", "text/javascript; charset=utf-8", "start();", "SCRIPT="},
                                web::PageAsset{"page.css", "text/css; charset=utf-8", "main{}", "STYLE="},
                                web::PageAsset{"page.html", "text/html; charset=utf-8", "<p>", "HTML="}};

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

TEST(PageHtml, RunsOnlyItsOwnScript) {
  const std::string html = page_html(report::Json::object().set("a", 1), "T", "the text", kAssets);
  EXPECT_THAT(html,
              HasSubstr("content=\"default-src 'none'; script-src 'sha256-SCRIPT='; style-src 'sha256-STYLE='; "
                        "img-src data:; base-uri 'none'; form-action 'none'\""));
  EXPECT_THAT(
      html,
      HasSubstr("<script type=\"application/json\" id=\"page\">{\"a\":1}</script>\n<script>start();</script>"));
  EXPECT_THAT(html, HasSubstr("<style>main{}</style>"));
  EXPECT_THAT(html, HasSubstr("<noscript><pre>the text</pre></noscript>"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
}

TEST(PageHtml, WithoutThePageItSaysWhatToDo) {
  try {
    page_html({}, "", "", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("./dev page"));
  }
}

TEST(PageHtml, HostileTextsStayText) {
  const std::string evil =
      "</script><script>alert(1)</script><!-- </pre></noscript><img src=x onerror=alert(1)>\xE2\x80\xA8";
  const std::string html = page_html(report::Json(evil), evil, evil, kAssets);
  EXPECT_EQ(count(html, "<script"), 2U);
  EXPECT_EQ(count(html, "</script>"), 2U);
  EXPECT_EQ(count(html, "<img"), 0U);
  EXPECT_EQ(count(html, "<!--"), 0U);
  EXPECT_EQ(count(html, "</pre>"), 1U);
  EXPECT_EQ(count(html, "</title>"), 1U);
}

TEST(Embedded, NothingEndsTheElementOrALine) {
  EXPECT_EQ(embedded(report::Json("</script><!--")), R"("\u003c/script>\u003c!--")");
  EXPECT_EQ(embedded(report::Json("a\xE2\x80\xA8\xE2\x80\xA9\x7F")), "\"a\\u2028\\u2029\\u007f\"");
  EXPECT_EQ(embedded(report::Json("grüße")), "\"grüße\"");
}

RC_GTEST_PROP(Embedded, AnyBytesReadBackAndStaySafe, (const std::string& text, const std::string& key)) {
  const report::Json json = report::Json::object().set(key, report::Json::array().add(text).add(1));
  const std::string safe = embedded(json);
  RC_ASSERT(safe.find('<') == std::string::npos);
  RC_ASSERT(safe.find('\n') == std::string::npos);
  RC_ASSERT(safe.find("\xE2\x80\xA8") == std::string::npos);
  RC_ASSERT(report::Json::parsed(safe).compact() == report::Json::parsed(json.compact()).compact());
}

}  // namespace
}  // namespace assay::view
