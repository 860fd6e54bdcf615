#include "assay/http/url.h"

#include <gtest/gtest.h>

#include "assay/core/error.h"

namespace assay::http {
namespace {

TEST(Url, ThoseThatAStudyKeepsHaveNoQuery) {
  check_url("https://host/v1");
  EXPECT_THROW(check_url("https://host/v1?key=hunter2"), InvalidArgument);
  EXPECT_THROW(check_url("https://host/v1#a"), InvalidArgument);
}

TEST(Url, HasItsParts) {
  const std::optional<Url> url = url_in("https://me:secret@host:81/v1?a=b#c", Scheme::must_be_there);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme + " " + url->user + " " + url->password + " " + url->host + " " + url->port + " " +
                url->query + " " + url->fragment,
            "https me secret host 81 a=b c");
}

TEST(Url, ASchemeIsGuessedOnlyWhereItMayBe) {
  const std::optional<Url> proxy = url_in("proxy.example:3128", Scheme::may_be_guessed);
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->host + " " + proxy->port, "proxy.example 3128");
  EXPECT_FALSE(url_in("/v1", Scheme::must_be_there));
  EXPECT_FALSE(url_in(std::string("https://host\0/v1", 16), Scheme::must_be_there));
}

}  // namespace
}  // namespace assay::http
