// The real client against a server on loopback that misbehaves as it is told.

#include "assay/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "assay/core/error.h"
#include "tests/judge/fault_server.h"

namespace assay::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

HttpLimits quick() {
  HttpLimits limits;
  limits.connect = Milliseconds(2000);
  limits.whole = Milliseconds(400);
  return limits;
}

std::map<std::uint64_t, HttpReply> all_replies(HttpClient& client) {
  std::map<std::uint64_t, HttpReply> replies;
  while (client.in_flight() > 0) {
    client.wait(Milliseconds(1000),
                [&](std::uint64_t id, HttpReply reply) { replies.emplace(id, std::move(reply)); });
  }
  return replies;
}

HttpReply reply_of(const std::string& url, const HttpLimits& limits = quick()) {
  const auto client = make_http_client({url, {}}, limits);
  client->send(7, "{}");
  return all_replies(*client).at(7);
}

HttpReply reply_to(Fault::Kind kind) {
  Fault fault = answer(R"({"a": 1})");
  fault.kind = kind;
  const FaultServer server(std::vector<Fault>{fault});
  return reply_of(server.url());
}

TEST(HttpClient, PostsAndHandsOverTheReply) {
  const FaultServer server(std::vector<Fault>{answer(R"({"a": 1})")});
  const auto client = make_http_client(
      {server.url(), {{"Authorization", "Bearer k"}, {"Content-Type", "application/json"}}}, quick());
  client->send(3, R"({"b": 2})");
  EXPECT_EQ(client->in_flight(), 1U);
  const auto replies = all_replies(*client);
  EXPECT_EQ(replies.at(3).failure, HttpFailure::none);
  EXPECT_EQ(replies.at(3).status, 200);
  EXPECT_EQ(replies.at(3).body, R"({"a": 1})");
  EXPECT_EQ(replies.at(3).content_type, "application/json");
  EXPECT_EQ(server.bodies().at(0), R"({"b": 2})");
  EXPECT_THAT(server.heads().at(0), StartsWith("POST /v1 HTTP/1.1\r\n"));
  EXPECT_THAT(server.heads().at(0), HasSubstr("\r\nAuthorization: Bearer k\r\n"));
}

TEST(HttpClient, ManyAtOnceThroughFewConnections) {
  const FaultServer server([](std::size_t, const std::string& body) {
    Fault fault = answer(body);
    fault.delay = std::chrono::milliseconds(5);
    return fault;
  });
  HttpLimits limits = quick();
  limits.whole = Milliseconds(10'000);
  const auto client = make_http_client({server.url(), {}}, limits);
  std::map<std::uint64_t, std::string> came;
  std::uint64_t next = 0;
  for (; next < 20; ++next) client->send(next, std::to_string(next));
  while (client->in_flight() > 0) {
    client->wait(Milliseconds(1000), [&](std::uint64_t id, HttpReply reply) {
      came[id] = reply.body;
      if (next < 300) {
        client->send(next, std::to_string(next));
        ++next;
      }
    });
  }
  ASSERT_EQ(came.size(), 300U);
  for (const auto& [id, body] : came) EXPECT_EQ(body, std::to_string(id));
  EXPECT_LE(server.connections(), 20U) << "connections are used again";
  EXPECT_GE(server.most_at_once(), 10U);
}

TEST(HttpClient, StatusIsNoFailureAndRetryAfterIsTold) {
  const FaultServer server(std::vector<Fault>{rate_limited("3"), failing(503), rate_limited()});
  const auto client = make_http_client({server.url(), {}}, quick());
  client->send(0, "{}");
  HttpReply reply = all_replies(*client).at(0);
  EXPECT_EQ(reply.failure, HttpFailure::none);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.retry_after, Milliseconds(3000));
  client->send(1, "{}");
  EXPECT_EQ(all_replies(*client).at(1).status, 503);
  client->send(2, "{}");
  EXPECT_FALSE(all_replies(*client).at(2).retry_after);
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
  const auto client = make_http_client({server.url(), {}}, quick());
  client->send(0, "{}");
  EXPECT_EQ(all_replies(*client).at(0).failure, HttpFailure::broken_off);
  client->send(1, "{}");
  EXPECT_EQ(all_replies(*client).at(1).body, "good");
}

// A connection that was good before breaks: whether the request was read there can't be known, so it is not sent
// again.
TEST(HttpClient, NothingIsSentTwice) {
  Fault reset = answer("{}");
  reset.kind = Fault::Kind::reset;
  const FaultServer server(std::vector<Fault>{answer("good"), reset, answer("good")});
  const auto client = make_http_client({server.url(), {}}, quick());
  client->send(0, "{}");
  EXPECT_EQ(all_replies(*client).at(0).body, "good");
  client->send(1, "{}");
  EXPECT_EQ(all_replies(*client).at(1).failure, HttpFailure::broken_off);
  EXPECT_EQ(server.requests(), 2U);
}

TEST(HttpClient, WaitingEndsInTime) {
  const FaultServer server(std::vector<Fault>{answer("{}")});
  const auto client = make_http_client({server.url(), {}}, quick());
  const Milliseconds start = client->now();
  client->wait(Milliseconds(30), [](std::uint64_t, const HttpReply&) { FAIL() << "nothing was sent"; });
  EXPECT_GE(client->now() - start, Milliseconds(29));
}

std::string message_of(const HttpEndpoint& endpoint) {
  try {
    make_http_client(endpoint, {});
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(HttpClient, UrlsAndHeadersThatAreNone) {
  EXPECT_EQ(message_of({"", {}}), "expected a URL like https://host/v1, came one that can't be read");
  EXPECT_EQ(message_of({"ftp://host/v1", {}}),
            "expected a URL that begins with http:// or https://, came \"ftp\"://");
  EXPECT_EQ(message_of({"file:///etc/passwd", {}}),
            "expected a URL that begins with http:// or https://, came \"file\"://");
  const std::string secret = message_of({"https://me:hunter2@host/v1", {}});
  EXPECT_THAT(secret, StartsWith("expected a URL without user and password"));
  EXPECT_THAT(secret, Not(HasSubstr("hunter2")));
  EXPECT_THAT(message_of({"https://host/v1?key=hunter2", {}}), StartsWith("expected a URL without \"?\""));
  const std::string header = message_of({"https://host/v1", {{"Authorization", "Bearer hunter2\r\nX: y"}}});
  EXPECT_EQ(header, "the value of the header \"Authorization\" has control characters in it");
}

}  // namespace
}  // namespace assay::http
