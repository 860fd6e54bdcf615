#include "assay/http/url.h"

#include <gtest/gtest.h>

#include "assay/core/error.h"

namespace assay::http {
namespace {

TEST(Url, ThoseThatAStudyKeepsHaveNoQuery) {
  check_url("https://host/v1");
  check_url("https://host/v1?api-version=2024-10-21");
  check_url("https://host/v1?api-version=2025-01-01-preview");
  for (const char* query : {"?key=hunter2", "#a", "?api-version=", "?api-version=1&key=hunter2", "?api-version=1#a",
                            "?api-version=hunter2hunter2hunter2hunter2hunter2"}) {
    EXPECT_THROW(check_url("https://host/v1" + std::string(query)), InvalidArgument) << query;
  }
}

TEST(Url, AnOperationStandsBeforeTheQuery) {
  EXPECT_EQ(api_url("http://x/v1", "embeddings"), "http://x/v1/embeddings");
  EXPECT_EQ(api_url("http://x/v1/", "embeddings"), "http://x/v1/embeddings");
  EXPECT_EQ(api_url("http://x", "models"), "http://x/models");
  EXPECT_EQ(api_url("http://x/d?api-version=1", "chat/completions"), "http://x/d/chat/completions?api-version=1");
  EXPECT_EQ(api_url("http://x/d/?api-version=1", "chat/completions"), "http://x/d/chat/completions?api-version=1");
}

TEST(Url, AnOperationThatIsThereAlreadyStays) {
  EXPECT_EQ(api_url("http://x/d/chat/completions?api-version=1", "chat/completions"),
            "http://x/d/chat/completions?api-version=1");
  EXPECT_EQ(api_url("http://x/v1/chat/completions/", "chat/completions"), "http://x/v1/chat/completions");
  EXPECT_EQ(api_url("http://x/myembeddings", "embeddings"), "http://x/myembeddings/embeddings");
}

TEST(Url, AzureIsKnownByItsHostOrVersion) {
  EXPECT_TRUE(is_azure("https://me.openai.azure.com/openai/v1"));
  EXPECT_TRUE(is_azure("https://ME.OpenAI.Azure.com:443/openai/v1"));
  EXPECT_TRUE(is_azure("https://me.services.ai.azure.com/models"));
  EXPECT_TRUE(is_azure("https://gateway.example/x?api-version=2024-10-21"));
  EXPECT_FALSE(is_azure("https://openai.azure.com.example/v1"));
  EXPECT_FALSE(is_azure("https://host/openai.azure.com/v1"));
  EXPECT_FALSE(is_azure("https://api.openai.com/v1"));
  EXPECT_FALSE(is_azure("no url"));
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
