#include "server/http_client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/data/sample_folder.h"
#include "tests/judge/fault_server.h"
#include "tests/server/serving_http.h"
#include "tests/server/tls_server.h"

namespace assay::server {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

// What came of a call.
struct CallOutcome {
  IncomingHead head;
  std::string body;
  bool ended = false;
  std::optional<CallFailure> failure;
};

class Recorder : public ReplyReceiver {
 public:
  void head(IncomingHead head) override {
    const std::lock_guard lock(mutex_);
    outcome_.head = std::move(head);
  }
  void piece(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    outcome_.body += bytes;
  }
  void end() override {
    const std::lock_guard lock(mutex_);
    outcome_.ended = true;
    over_.notify_all();
  }
  void failed(const CallFailure& failure) override {
    const std::lock_guard lock(mutex_);
    outcome_.failure = failure;
    over_.notify_all();
  }
  CallOutcome wait() {
    std::unique_lock lock(mutex_);
    over_.wait_for(lock, std::chrono::seconds(20), [&] { return outcome_.ended || outcome_.failure; });
    return outcome_;
  }
  std::size_t received() {
    const std::lock_guard lock(mutex_);
    return outcome_.body.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  CallOutcome outcome_;
};

// Sends the i-th of `replies` on the i-th request, the last again and again; `closes`: then closes without a word.
class RawServer {
 public:
  explicit RawServer(std::vector<std::string> replies, bool closes = false)
      : replies_(std::move(replies)), closes_(closes), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 16);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~RawServer() {
    shutdown(listener_, SHUT_RDWR);
    const int open = open_;
    if (open >= 0) shutdown(open, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_; }

 private:
  void serve() {
    while (true) {
      const int taken = accept(listener_, nullptr, nullptr);
      if (taken < 0) return;
      open_ = taken;
      ++connections_;
      std::string bytes;
      while (answer(taken, bytes)) {
      }
      open_ = -1;
      close(taken);
    }
  }
  bool answer(int socket, std::string& bytes) {
    char buffer[4096];
    while (bytes.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(socket, buffer, sizeof(buffer), 0);
      if (got <= 0) return false;
      bytes.append(buffer, static_cast<std::size_t>(got));
    }
    bytes.clear();
    const std::string& reply = replies_[std::min(count_++, replies_.size() - 1)];
    send(socket, reply.data(), reply.size(), MSG_NOSIGNAL);
    return !closes_;
  }

  std::vector<std::string> replies_;
  bool closes_;
  int listener_;
  std::uint16_t port_ = 0;
  std::size_t count_ = 0;
  std::atomic<int> open_ = -1;
  std::atomic<std::size_t> connections_ = 0;
  std::thread thread_;
};

class HttpClientTest : public testing::Test {
 protected:
  ~HttpClientTest() override {
    in_loop([&] {
      calls_.clear();
      client_.reset();
    });
  }
  template <typename Work>
  void in_loop(Work work) {
    std::atomic<bool> done = false;
    loop_.server().post([&] {
      work();
      done = true;
    });
    while (!done) std::this_thread::sleep_for(milliseconds(1));
  }
  void talk_to(HttpClientOptions options) {
    in_loop([&] { client_ = std::make_unique<HttpClient>(loop_.server(), options); });
  }
  void talk_to(std::uint16_t port) { talk_to({.host = "127.0.0.1", .port = port}); }
  // The index of its call.
  std::shared_ptr<Recorder> send(OutgoingRequest request = {}) {
    const auto recorder = std::make_shared<Recorder>();
    const std::size_t length = request.body ? request.body->size() : 0;
    request.head = "POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    in_loop([&] { calls_.push_back(client_->send(request, recorder)); });
    return recorder;
  }
  CallOutcome ask(OutgoingRequest request = {}) { return send(std::move(request))->wait(); }

  SampleFolder folder_;
  ServingHttp loop_{{}, [](const Request&, Responder responder) { responder.reply({}); }};
  std::unique_ptr<HttpClient> client_;
  std::vector<HttpCall> calls_;
};

TEST_F(HttpClientTest, ReadsRepliesHoweverTheyAreFramed) {
  RawServer server(
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A: b\r\nContent-Type: text/x\r\n\r\nabc",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n"
       "Transfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\r\n"
       "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n",
       "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200 OK\r\nRetry-After: 7\r\n\r\nto the end"});
  talk_to(server.port());
  const CallOutcome counted = ask();
  EXPECT_TRUE(counted.ended);
  EXPECT_EQ(counted.body, "abc");
  EXPECT_EQ(counted.head.fields, "X-A: b\r\nContent-Type: text/x\r\n");
  EXPECT_EQ(counted.head.content_type, "text/x");
  EXPECT_EQ(counted.head.length, 3U);
  const CallOutcome chunked = ask();
  EXPECT_EQ(chunked.head.status, 201);
  EXPECT_EQ(chunked.body, "abcde");
  EXPECT_EQ(chunked.head.fields, "") << "what is of the connection stays there";
  EXPECT_EQ(ask().head.status, 204);
  EXPECT_EQ(server.connections(), 1U);
  in_loop([&] { EXPECT_EQ(client_->connections(), 1U); });
}

TEST_F(HttpClientTest, ABodyMayEndWithItsConnection) {
  RawServer server({"HTTP/1.1 200 OK\r\nRetry-After: 7\r\n\r\nto the end"}, true);
  talk_to(server.port());
  const CallOutcome outcome = ask();
  EXPECT_TRUE(outcome.ended);
  EXPECT_EQ(outcome.body, "to the end");
  EXPECT_EQ(outcome.head.retry_after, "7");
}

TEST_F(HttpClientTest, AKeptConnectionThatIsGoneIsNoFailure) {
  RawServer server({"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"}, true);
  talk_to(server.port());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask().ended) << i;
  EXPECT_EQ(server.connections(), 20U);
}

TEST_F(HttpClientTest, WhatIsNoReplyIsAFailure) {
  const std::vector<std::string> replies = {
      "",
      "hello\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
      "HTTP/1.1 101 Switching\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'),
  };
  for (const std::string& reply : replies) {
    SCOPED_TRACE(reply.substr(0, 80));
    RawServer server({reply}, true);
    talk_to(server.port());
    const CallOutcome outcome = ask();
    ASSERT_TRUE(outcome.failure);
    EXPECT_EQ(outcome.failure->kind, CallFailure::Kind::broken);
  }
  talk_to(refusing_port());
  EXPECT_EQ(ask().failure->kind, CallFailure::Kind::connect);
  talk_to({.host = "no-such-host.invalid", .port = 1});
  EXPECT_EQ(ask().failure->kind, CallFailure::Kind::connect);
}

TEST_F(HttpClientTest, TimeLimitsEndACall) {
  FaultServer silent({{.kind = Fault::Kind::silent}});
  talk_to(silent.port());
  EXPECT_EQ(ask({.first_byte = milliseconds(100)}).failure->kind, CallFailure::Kind::late);
  FaultServer dripping({{.kind = Fault::Kind::slow_headers, .body = "abc", .pause = milliseconds(20)}});
  talk_to(dripping.port());
  EXPECT_EQ(ask({.first_byte = milliseconds(200)}).failure->kind, CallFailure::Kind::late) << "of all headers";
  FaultServer stopping({{.kind = Fault::Kind::slow_body, .body = "abc", .pause = milliseconds(2000)}});
  talk_to(stopping.port());
  const CallOutcome stopped = ask({.between_bytes = milliseconds(100)});
  EXPECT_EQ(stopped.head.status, 200);
  EXPECT_EQ(stopped.failure->kind, CallFailure::Kind::late);
}

TEST_F(HttpClientTest, MoreCallsThanConnectionsWait) {
  FaultServer slow({{.body = "x", .delay = milliseconds(30)}});
  talk_to({.host = "127.0.0.1", .port = slow.port(), .connections = 2});
  std::vector<std::shared_ptr<Recorder>> all;
  for (int i = 0; i < 8; ++i) all.push_back(send());
  for (const auto& one : all) EXPECT_TRUE(one->wait().ended);
  EXPECT_EQ(slow.connections(), 2U);
  FaultServer silent({{.kind = Fault::Kind::silent}});
  talk_to({.host = "127.0.0.1", .port = silent.port(), .connections = 1});
  const auto held = send();
  EXPECT_EQ(ask({.connect = milliseconds(100)}).failure->kind, CallFailure::Kind::busy);
  in_loop([&] { calls_.clear(); });
  EXPECT_FALSE(held->received()) << "who cancels is told nothing";
}

TEST_F(HttpClientTest, APausedCallLeavesItsServerWaiting) {
  FaultServer endless({{.kind = Fault::Kind::endless}});
  talk_to(endless.port());
  const auto taking = send({.between_bytes = milliseconds(200)});
  while (taking->received() < 1'000'000) std::this_thread::sleep_for(milliseconds(1));
  in_loop([&] { calls_.back().pause(); });
  const std::size_t before = taking->received();
  std::this_thread::sleep_for(milliseconds(500));
  EXPECT_LE(taking->received(), before + (64U << 10U));
  in_loop([&] { calls_.back().resume(); });
  while (taking->received() < before + 1'000'000) std::this_thread::sleep_for(milliseconds(1));
}

TEST_F(HttpClientTest, SpeaksTlsWithWhomItTrusts) {
  TlsServer server(folder_.path("trusted.pem"));
  const http::Certificates trusted{folder_.path("trusted.pem"), ""};
  talk_to({.tls = true, .host = "localhost", .port = server.port(), .trusted = trusted});
  const auto large = std::make_shared<const std::string>(3'000'000, 'x');
  for (const auto& body : {std::make_shared<const std::string>("abc"), large}) {
    const CallOutcome outcome = ask({.body = body});
    ASSERT_TRUE(outcome.ended) << outcome.failure->what;
    EXPECT_EQ(outcome.body.size(), body->size());
  }
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.wanted_name(), "localhost");
  talk_to({.tls = true, .host = "127.0.0.1", .port = server.port(), .trusted = trusted});
  EXPECT_THAT(ask().failure->what, HasSubstr("certificate")) << "another name than it proves";
  talk_to({.tls = true, .host = "localhost", .port = server.port()});
  const CallOutcome unknown = ask();
  EXPECT_EQ(unknown.failure->kind, CallFailure::Kind::connect) << "nobody vouches for it";
  FaultServer plain({answer("{}")});
  talk_to({.tls = true, .host = "localhost", .port = plain.port(), .trusted = trusted});
  EXPECT_EQ(ask().failure->kind, CallFailure::Kind::connect);
}

}  // namespace
}  // namespace assay::server
