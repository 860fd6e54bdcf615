// The real client against a server on loopback that misbehaves as it is told.

#include "assay/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "assay/core/error.h"
#include "tests/judge/fault_server.h"
#include "tests/server/serving_http.h"

namespace assay::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

HttpRequest quick(const std::string& url, std::string body = "{}") {
  HttpRequest request;
  request.url = url;
  request.body = std::move(body);
  request.connect = Milliseconds(2000);
  request.whole = Milliseconds(400);
  return request;
}

std::map<std::uint64_t, HttpReply> all_replies(HttpClient& client) {
  std::map<std::uint64_t, HttpReply> replies;
  while (client.in_flight() > 0) {
    client.wait(Milliseconds(1000),
                [&](std::uint64_t id, HttpReply reply) { replies.emplace(id, std::move(reply)); });
  }
  return replies;
}

HttpReply reply_to(HttpClient& client, HttpRequest request) {
  const std::uint64_t id = client.send(std::move(request));
  return all_replies(client).at(id);
}

HttpReply reply_of(const std::string& url) { return reply_to(*make_http_client(), quick(url)); }

HttpReply reply_to(Fault::Kind kind) {
  Fault fault = answer(R"({"a": 1})");
  fault.kind = kind;
  const FaultServer server(std::vector<Fault>{fault});
  return reply_of(server.url());
}

TEST(HttpClient, PostsAndHandsOverTheReply) {
  const FaultServer server(std::vector<Fault>{answer(R"({"a": 1})")});
  const auto client = make_http_client();
  HttpRequest request = quick(server.url(), R"({"b": 2})");
  request.headers = {{"Authorization", "Bearer k"}, {"Content-Type", "application/json"}};
  const std::uint64_t id = client->send(request);
  EXPECT_EQ(client->in_flight(), 1U);
  const auto replies = all_replies(*client);
  EXPECT_EQ(replies.at(id).failure, HttpFailure::none);
  EXPECT_EQ(replies.at(id).status, 200);
  EXPECT_EQ(replies.at(id).body, R"({"a": 1})");
  EXPECT_EQ(replies.at(id).content_type, "application/json");
  EXPECT_EQ(server.bodies().at(0), R"({"b": 2})");
  EXPECT_THAT(server.heads().at(0), StartsWith("POST /v1 HTTP/1.1\r\n"));
  EXPECT_THAT(server.heads().at(0), HasSubstr("\r\nAuthorization: Bearer k\r\n"));
}

// A variable of the environment, as it was, when the object goes.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(HttpClient, AProxyThatFailsIsNamedWithItsVariable) {
  const std::string proxy = "127.0.0.1:" + std::to_string(refusing_port());
  const Variable http_proxy("http_proxy", "http://somebody:secret@" + proxy);
  const Variable no_proxy("no_proxy", "");
  const std::string url = "http://host.invalid/v1";
  const HttpReply reply = reply_to(*make_http_client({.heed_environment = true}), quick(url));
  EXPECT_EQ(reply.failure, HttpFailure::unreachable);
  EXPECT_THAT(reply.detail, HasSubstr("; " + proxy + " is the proxy that http_proxy names"));
  EXPECT_THAT(reply.detail, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(reply_of(url).detail, testing::Not(HasSubstr("http_proxy"))) << "not heeded";
}

TEST(HttpClient, ManyAtOnceThroughFewConnections) {
  const FaultServer server([](std::size_t, const std::string& body) {
    Fault fault = answer(body);
    fault.delay = std::chrono::milliseconds(5);
    return fault;
  });
  const auto client = make_http_client();
  std::map<std::uint64_t, std::string> sent;
  std::map<std::uint64_t, std::string> came;
  const auto send = [&] {
    HttpRequest request = quick(server.url(), std::to_string(sent.size()));
    request.whole = Milliseconds(10'000);
    const std::string body = request.body;
    sent[client->send(std::move(request))] = body;
  };
  while (sent.size() < 20) send();
  while (client->in_flight() > 0) {
    client->wait(Milliseconds(1000), [&](std::uint64_t id, HttpReply reply) {
      came[id] = reply.body;
      if (sent.size() < 300) send();
    });
  }
  ASSERT_EQ(came.size(), 300U);
  EXPECT_EQ(came, sent);
  EXPECT_LE(server.connections(), 20U) << "connections are used again";
  EXPECT_GE(server.most_at_once(), 10U);
}

TEST(HttpClient, LimitsThatTheServerTellsAreRead) {
  Fault fault = answer("{}");
  fault.headers = {{"X-RateLimit-Limit-Requests", "500"},
                   {"Set-Cookie", "a=b"},
                   {"anthropic-ratelimit-tokens-limit", "9"},
                   {"X-Rate-Limit", "7"}};
  const FaultServer server(std::vector<Fault>{fault});
  const auto client = make_http_client();
  EXPECT_EQ(reply_to(*client, quick(server.url())).rate_limits, (Headers{{"x-ratelimit-limit-requests", "500"},
                                                                         {"anthropic-ratelimit-tokens-limit", "9"},
                                                                         {"x-rate-limit", "7"}}));
}

TEST(HttpClient, StatusIsNoFailureAndRetryAfterIsTold) {
  const FaultServer server(std::vector<Fault>{rate_limited("3"), failing(503), rate_limited()});
  const auto client = make_http_client();
  const HttpReply reply = reply_to(*client, quick(server.url()));
  EXPECT_EQ(reply.failure, HttpFailure::none);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.retry_after, Milliseconds(3000));
  EXPECT_EQ(reply_to(*client, quick(server.url())).status, 503);
  EXPECT_FALSE(reply_to(*client, quick(server.url())).retry_after);
}

TEST(HttpClient, RedirectsAreNotFollowed) {
  Fault fault = answer("");
  fault.status = 307;
  fault.headers = {{"Location", "http://127.0.0.1:1/"}};
  const FaultServer server(std::vector<Fault>{fault});
  EXPECT_EQ(reply_of(server.url()).status, 307);
  EXPECT_EQ(server.requests(), 1U);
}

TEST(HttpClient, NobodyListens) {
  const HttpReply reply = reply_of("http://127.0.0.1:" + std::to_string(refusing_port()) + "/v1");
  EXPECT_EQ(reply.failure, HttpFailure::unreachable);
  EXPECT_THAT(reply.detail, HasSubstr("onnect"));
}

TEST(HttpClient, ANameThatDoesNotExist) {
  const HttpReply reply = reply_of("http://no-such-host.invalid/v1");
  EXPECT_EQ(reply.failure, HttpFailure::unreachable);
  EXPECT_NE(reply.detail, "");
}

TEST(HttpClient, AServerThatDoesNotSpeakTls) {
  const FaultServer server(std::vector<Fault>{answer("{}")});
  const HttpReply reply = reply_of(server.url("https"));
  EXPECT_EQ(reply.failure, HttpFailure::unreachable);
  EXPECT_THAT(reply.detail, HasSubstr("SSL"));
  EXPECT_EQ(server.requests(), 0U) << "nothing was sent";
}

TEST(HttpClient, BrokenConnections) {
  EXPECT_EQ(reply_to(Fault::Kind::reset).failure, HttpFailure::broken_off);
  EXPECT_EQ(reply_to(Fault::Kind::reset_in_body).failure, HttpFailure::broken_off);
  EXPECT_EQ(reply_to(Fault::Kind::half_body).failure, HttpFailure::broken_off);
  EXPECT_EQ(reply_to(Fault::Kind::no_http).failure, HttpFailure::broken_off);
  EXPECT_NE(reply_to(Fault::Kind::half_body).detail, "");
}

TEST(HttpClient, SlowAndSilentOnes) {
  EXPECT_EQ(reply_to(Fault::Kind::slow_headers).failure, HttpFailure::timed_out);
  EXPECT_EQ(reply_to(Fault::Kind::slow_body).failure, HttpFailure::timed_out);
  EXPECT_EQ(reply_to(Fault::Kind::silent).failure, HttpFailure::timed_out);
}

TEST(HttpClient, TooMuch) {
  const HttpReply large = reply_to(Fault::Kind::large);
  EXPECT_EQ(large.failure, HttpFailure::too_large);
  EXPECT_EQ(large.detail, "expected a reply of at most 1048576 bytes, came more");
  EXPECT_EQ(large.body, "");
  EXPECT_EQ(reply_to(Fault::Kind::endless).failure, HttpFailure::too_large);
  const HttpFailure headers = reply_to(Fault::Kind::endless_headers).failure;
  EXPECT_TRUE(headers == HttpFailure::broken_off || headers == HttpFailure::timed_out ||
              headers == HttpFailure::too_large);
}

TEST(HttpClient, GoesOnAfterAFailure) {
  Fault reset = answer("{}");
  reset.kind = Fault::Kind::reset;
  const FaultServer server(std::vector<Fault>{reset, answer("good")});
  const auto client = make_http_client();
  EXPECT_EQ(reply_to(*client, quick(server.url())).failure, HttpFailure::broken_off);
  EXPECT_EQ(reply_to(*client, quick(server.url())).body, "good");
}

// A connection that was good before breaks: whether the request was read there can't be known, so it is not sent
// again.
TEST(HttpClient, NothingIsSentTwice) {
  Fault reset = answer("{}");
  reset.kind = Fault::Kind::reset;
  const FaultServer server(std::vector<Fault>{answer("good"), reset, answer("good")});
  const auto client = make_http_client();
  EXPECT_EQ(reply_to(*client, quick(server.url())).body, "good");
  EXPECT_EQ(reply_to(*client, quick(server.url())).failure, HttpFailure::broken_off);
  EXPECT_EQ(server.requests(), 2U);
}

TEST(HttpClient, WaitingEndsInTime) {
  const auto client = make_http_client();
  const Milliseconds start = client->now();
  client->wait(Milliseconds(30), [](std::uint64_t, const HttpReply&) { FAIL() << "nothing was sent"; });
  EXPECT_GE(client->now() - start, Milliseconds(29));
}

// A server that says what it was asked, in pieces where the path is /pieces, and never where it is /never.
class HttpClientToServer : public testing::Test {
 protected:
  void answer_as_asked(const server::Request& request, server::Responder responder) {
    if (request.target == "/never") return kept_.push_back(std::move(responder));
    if (request.target == "/slow") {
      return server_.after(Milliseconds(150),
                           [responder = std::move(responder)]() mutable { responder.reply({.body = "slow"}); });
    }
    if (request.target == "/cut") {
      responder.begin(200, {});
      responder.write("half");
      return;  // the responder goes without an end
    }
    if (request.target != "/pieces") {
      const std::string name(request.header("X-Name"));
      return responder.reply(
          {.headers = {{"Content-Type", "text/plain"}}, .body = request.method + " " + name + " " + request.body});
    }
    responder.begin(201, {{"Content-Type", "text/event-stream"}});
    send_pieces(std::move(responder), 0);
  }

  HttpRequest request(const std::string& path) const { return quick(server_.url() + path); }

  const std::unique_ptr<HttpClient> client_ = make_http_client();

 private:
  void send_pieces(server::Responder responder, int i) {
    responder.write("piece " + std::to_string(i) + ";");
    if (i == 4) return responder.end();
    server_.after(Milliseconds(10), [this, i, responder = std::move(responder)]() mutable {
      send_pieces(std::move(responder), i + 1);
    });
  }

  std::vector<server::Responder> kept_;

 protected:
  ServingHttp server_{{.grace = Milliseconds(50)},
                      [this](const server::Request& asked, server::Responder responder) {
                        answer_as_asked(asked, std::move(responder));
                      }};
};

TEST_F(HttpClientToServer, EachRequestHasItsOwnHeadersAndMethod) {
  HttpRequest one = request("/");
  one.headers = {{"X-Name", "one"}};
  HttpRequest two = one;
  two.headers = {{"X-Name", "two"}};
  two.method = "PUT";
  HttpRequest three = one;
  three.headers = {};
  three.method = "GET";
  three.body = "";
  EXPECT_EQ(reply_to(*client_, one).body, "POST one {}");
  EXPECT_EQ(reply_to(*client_, two).body, "PUT two {}");
  EXPECT_EQ(reply_to(*client_, three).body, "GET  ");
  one.method = "DELETE";
  one.body = "";
  EXPECT_EQ(reply_to(*client_, one).body, "DELETE one ");
  three.method = "HEAD";
  EXPECT_EQ(reply_to(*client_, three).status, 200);
  EXPECT_EQ(reply_to(*client_, two).body, "PUT two {}");
}

TEST_F(HttpClientToServer, ChunksComeAsTheyAreSent) {
  HttpRequest asked = request("/pieces");
  std::string came;
  std::size_t chunks = 0;
  asked.on_chunk = [&](const HttpReply& head, std::string_view bytes) {
    EXPECT_EQ(head.status, 201);
    EXPECT_EQ(head.content_type, "text/event-stream");
    came += bytes;
    ++chunks;
    return true;
  };
  const HttpReply reply = reply_to(*client_, asked);
  EXPECT_EQ(reply.failure, HttpFailure::none);
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.body, "");
  EXPECT_EQ(came, "piece 0;piece 1;piece 2;piece 3;piece 4;");
  EXPECT_GE(chunks, 2U);
}

TEST_F(HttpClientToServer, AReaderMayStopThrowSendAndCancel) {
  HttpRequest stops = request("/pieces");
  stops.on_chunk = [](const HttpReply&, std::string_view) { return false; };
  EXPECT_EQ(reply_to(*client_, stops).failure, HttpFailure::stopped);
  HttpRequest throws = stops;
  throws.on_chunk = [](const HttpReply&, std::string_view) -> bool { throw Error("seen"); };
  client_->send(throws);
  EXPECT_THROW(all_replies(*client_), Error);
  EXPECT_EQ(client_->in_flight(), 0U);
  const std::uint64_t never = client_->send(request("/never"));
  HttpRequest acts = stops;
  std::uint64_t other = 0;
  acts.on_chunk = [&](const HttpReply&, std::string_view) {
    client_->cancel(never);
    if (other == 0) other = client_->send(request("/"));
    return true;
  };
  const std::uint64_t acting = client_->send(acts);
  const auto replies = all_replies(*client_);
  EXPECT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies.at(acting).failure, HttpFailure::none);
  EXPECT_EQ(replies.at(other).status, 200);
}

TEST_F(HttpClientToServer, OneOfTwoIsCancelled) {
  const std::uint64_t never = client_->send(request("/never"));
  const std::uint64_t slow = client_->send(request("/slow"));
  client_->wait(Milliseconds(20), [](std::uint64_t, const HttpReply&) { FAIL() << "nothing is there yet"; });
  client_->cancel(never);
  client_->cancel(never);
  EXPECT_EQ(client_->in_flight(), 1U);
  const auto replies = all_replies(*client_);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies.at(slow).body, "slow");
  client_->cancel(slow);
  EXPECT_EQ(reply_to(*client_, request("/")).status, 200);
}

TEST_F(HttpClientToServer, AFastHostDoesNotWaitForASlowOne) {
  const FaultServer fast(std::vector<Fault>{answer("fast")});
  client_->send(request("/slow"));
  client_->send(quick(fast.url()));
  std::vector<std::string> order;
  while (client_->in_flight() > 0) {
    client_->wait(Milliseconds(1000), [&](std::uint64_t, const HttpReply& reply) { order.push_back(reply.body); });
  }
  EXPECT_EQ(order, (std::vector<std::string>{"fast", "slow"}));
}

TEST_F(HttpClientToServer, ABodyThatIsCutIsNoReply) {
  EXPECT_EQ(reply_to(*client_, request("/cut")).failure, HttpFailure::broken_off);
  HttpRequest asked = request("/cut");
  std::string came;
  asked.on_chunk = [&](const HttpReply&, std::string_view bytes) {
    came += bytes;
    return true;
  };
  EXPECT_EQ(reply_to(*client_, asked).failure, HttpFailure::broken_off);
  EXPECT_EQ(came, "half");
}

TEST_F(HttpClientToServer, NoMoreConnectionsThanAllowed) {
  const auto client = make_http_client({.most_per_host = 2});
  for (int i = 0; i < 6; ++i) {
    HttpRequest one = request("/slow");
    one.whole = Milliseconds(5000);
    client->send(one);
  }
  for (const auto& [id, reply] : all_replies(*client)) EXPECT_EQ(reply.body, "slow");
  EXPECT_EQ(server_.stop().accepted(), 2U);
}

std::string message_of(const HttpRequest& request) {
  const auto client = make_http_client();
  try {
    client->send(request);
  } catch (const InvalidArgument& error) {
    EXPECT_EQ(client->in_flight(), 0U);
    return error.what();
  }
  return "";
}

TEST(HttpClient, UrlsAndHeadersThatAreNone) {
  EXPECT_EQ(message_of({.url = ""}), "expected a URL like https://host/v1, came one that can't be read");
  EXPECT_EQ(message_of({.url = "ftp://host/v1"}),
            "expected a URL that begins with http:// or https://, came \"ftp\"://");
  EXPECT_EQ(message_of({.url = "file:///etc/passwd"}),
            "expected a URL that begins with http:// or https://, came \"file\"://");
  const std::string secret = message_of({.url = "https://me:hunter2@host/v1"});
  EXPECT_THAT(secret, StartsWith("expected a URL without user and password"));
  EXPECT_THAT(secret, Not(HasSubstr("hunter2")));
  const std::string header =
      message_of({.url = "https://host/v1", .headers = {{"Authorization", "Bearer hunter2\r\nX: y"}}});
  EXPECT_EQ(header, "the value of the header \"Authorization\" has control characters in it");
  EXPECT_EQ(message_of({.url = "https://host/v1", .method = "GET /"}),
            "a method is in capital letters, came \"GET /\"");
}

}  // namespace
}  // namespace assay::http
