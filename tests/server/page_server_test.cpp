#include "server/page_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>

#include "assay/core/error.h"
#include "server/access_token.h"
#include "tests/server/http_exchange.h"

namespace assay::server {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::array kAssets = {
    web::PageAsset{"page.html", "text/html; charset=utf-8", "<!doctype html><title>t</title>", "aaa="},
    web::PageAsset{"page.js", "text/javascript; charset=utf-8", "let x = 1;", "bbb="},
    web::PageAsset{"plot-style", "", ".p{}", "ccc="},
};

// A server that tells what its API was asked.
class PageServerTest : public testing::Test {
 protected:
  explicit PageServerTest(PageServerOptions options = {})
      : server_(options, kAssets,
                [this](const ApiRequest& request, Responder responder) {
                  last_ = request;
                  responder.reply(json_response(200, "{}"));
                }),
        link_(server_.admit(token_, {})),
        rater_link_(server_.admit(rater_token_, {"ann"})),
        thread_([this] { server_.run(false); }) {}
  ~PageServerTest() override {
    server_.stop();
    thread_.join();
  }

  std::string host() const { return "127.0.0.1:" + std::to_string(server_.port()); }

  HttpExchange ask(const std::string& method, const std::string& target, const std::string& headers = {},
                   const std::string& body = {}, const std::string& host = {}) {
    HttpConnection connection(server_.port());
    connection.send(method + " " + target + " HTTP/1.1\r\nHost: " + (host.empty() ? this->host() : host) + "\r\n" +
                    headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return connection.receive();
  }
  std::string api(const std::string& name) const { return "/" + token_ + "/api/" + name; }

  std::string token_ = random_token();
  std::string rater_token_ = random_token();
  ApiRequest last_;
  PageServer server_;
  std::string link_;
  std::string rater_link_;
  std::thread thread_;
};

TEST_F(PageServerTest, ServesThePageBehindItsLink) {
  EXPECT_EQ(link_, "http://" + host() + "/" + token_ + "/");
  const HttpExchange page = ask("GET", "/" + token_ + "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, kAssets[0].body);
  const HttpExchange script = ask("GET", "/" + token_ + "/assets/page.js");
  EXPECT_EQ(script.body, kAssets[1].body);
  EXPECT_THAT(script.head, HasSubstr("text/javascript"));
  HttpConnection again(server_.port());
  again.send("GET /" + token_ + "/assets/page.js HTTP/1.1\r\nHost: " + host() +
             "\r\nIf-None-Match: \"bbb=\"\r\n\r\n");
  EXPECT_THAT(again.receive_until("\r\n\r\n"), testing::StartsWith("HTTP/1.1 304"));
  // Without the slash the page's relative addresses would miss the token.
  const HttpExchange bare = ask("GET", "/" + token_);
  EXPECT_EQ(bare.status, 308);
  EXPECT_THAT(bare.head, HasSubstr("Location: /" + token_ + "/"));
}

TEST_F(PageServerTest, ServesNothingWithoutAToken) {
  std::string wrong = token_;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const std::string& target : {std::string("/"), std::string("/assets/page.js"), std::string("/api/page"),
                                    "/" + wrong + "/", "/" + wrong + "/api/page", "/" + token_.substr(0, 16) + "/",
                                    "//" + token_ + "/", std::string("/favicon.ico"), "/x/" + token_ + "/"}) {
    const HttpExchange reply = ask("GET", target);
    EXPECT_EQ(reply.status, 404) << target;
    EXPECT_EQ(reply.body, "not found\n") << target;
  }
  EXPECT_TRUE(last_.name.empty());
}

TEST_F(PageServerTest, FindsNoFileThatIsNoAsset) {
  for (const char* name :
       {"assets/", "assets/plot-style", "assets/../page.js", "page.js", "assets/%2e%2e/x", "etc/passwd"}) {
    EXPECT_EQ(ask("GET", "/" + token_ + "/" + name).status, 404) << name;
  }
}

TEST_F(PageServerTest, HandsOverWhoAsksWhat) {
  EXPECT_EQ(ask("GET", api("exchanges?from=3&search=a%20b%26c+d%zz&empty&=x")).status, 200);
  EXPECT_TRUE(last_.visitor.owner());
  EXPECT_EQ(last_.name, "exchanges");
  EXPECT_EQ(last_.query["from"], "3");
  EXPECT_EQ(last_.query["search"], "a b&c d%zz");
  EXPECT_EQ(last_.query["empty"], "");
  const std::string body = R"({"verdict":"1"})";
  EXPECT_EQ(
      ask("POST", "/" + rater_token_ + "/api/verdict", "Content-Type: application/json; charset=utf-8\r\n", body)
          .status,
      200);
  EXPECT_EQ(last_.visitor.rater, "ann");
  EXPECT_EQ(last_.body, body);
}

TEST_F(PageServerTest, AnotherSitesPageCanNotReachIt) {
  const std::string json = "Content-Type: application/json\r\n";
  EXPECT_EQ(ask("POST", api("run"), json + "Origin: http://evil.example\r\n", "{}").status, 403);
  EXPECT_EQ(ask("POST", api("run"), json + "Origin: null\r\n", "{}").status, 403);
  EXPECT_EQ(ask("POST", api("run"), json + "Sec-Fetch-Site: cross-site\r\n", "{}").status, 403);
  EXPECT_EQ(ask("GET", api("page"), "Sec-Fetch-Site: same-site\r\n").status, 403);
  // What a form of another page could send.
  EXPECT_EQ(ask("POST", api("run"), "Content-Type: text/plain\r\n", "{}").status, 415);
  EXPECT_EQ(ask("POST", api("run"), "", "{}").status, 415);
  EXPECT_EQ(ask("DELETE", api("run")).status, 405);
  // A name that was made to lead here (DNS rebinding).
  EXPECT_EQ(ask("GET", api("page"), "", "", "evil.example").status, 403);
  EXPECT_EQ(ask("GET", api("page"), "", "", "127.0.0.1.evil.example:80").status, 403);
  EXPECT_TRUE(last_.name.empty());
  EXPECT_EQ(ask("POST", api("run"), json + "Origin: http://" + host() + "\r\nSec-Fetch-Site: same-origin\r\n", "{}")
                .status,
            200);
  EXPECT_EQ(ask("GET", api("page"), "", "", "localhost:8080").status, 200);
  EXPECT_EQ(ask("GET", api("page"), "", "", "[::1]:8080").status, 200);
}

TEST_F(PageServerTest, SaysWhatThePageMayDo) {
  for (const std::string& target : {"/" + token_ + "/", "/" + token_ + "/assets/page.js", std::string("/")}) {
    const HttpExchange reply = ask("GET", target);
    EXPECT_THAT(reply.head, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'; "
                                      "style-src 'self' 'sha256-ccc='; "));
    EXPECT_THAT(reply.head, HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(reply.head, Not(HasSubstr("unsafe")));
    EXPECT_THAT(reply.head, HasSubstr("X-Content-Type-Options: nosniff"));
    EXPECT_THAT(reply.head, HasSubstr("Referrer-Policy: no-referrer"));
    EXPECT_THAT(reply.head, Not(HasSubstr("Set-Cookie")));
  }
  EXPECT_THAT(ask("GET", api("page")).head, HasSubstr("Cache-Control: no-store"));
}

// Behind a proxy with TLS.
class ProxiedPageServerTest : public PageServerTest {
 protected:
  ProxiedPageServerTest() : PageServerTest({.public_url = "https://Judges.example.org/"}) {}
};

TEST_F(ProxiedPageServerTest, TakesThePublicName) {
  EXPECT_EQ(link_, "https://judges.example.org/" + token_ + "/");
  const std::string origin = "Content-Type: application/json\r\nOrigin: https://judges.example.org\r\n";
  EXPECT_EQ(ask("POST", api("run"), origin, "{}", "judges.example.org").status, 200);
  EXPECT_EQ(ask("POST", api("run"), origin, "{}").status, 200);  // a proxy that keeps its own Host
  EXPECT_EQ(ask("GET", api("page"), "", "", "other.example.org").status, 403);
}

TEST(PageServerOptions, NeedAPublicUrlThatIsOne) {
  for (const char* url :
       {"judges.example.org", "https://", "https://a/b", "https://user@a", "ftp://a", "https://a?x"}) {
    EXPECT_THROW(PageServer({.public_url = url}, kAssets, {}), InvalidArgument) << url;
  }
}

}  // namespace
}  // namespace assay::server
