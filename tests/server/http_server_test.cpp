#include "server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include "assay/core/error.h"
#include "tests/server/http_exchange.h"
#include "tests/server/serving_http.h"

namespace assay::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

void echo(const Request& request, Responder responder) {
  responder.reply({.headers = {{"X-Host", std::string(request.header("hOST"))}},
                   .body = request.method + " " + request.target + " " + request.body});
}

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

// Seconds until the server has closed the connection.
double seconds_to_end(HttpConnection& connection) {
  const steady_clock::time_point began = steady_clock::now();
  while (!connection.at_end()) connection.receive();
  return std::chrono::duration<double>(steady_clock::now() - began).count();
}

// Keeps what is asked until the test answers it.
class Kept {
 public:
  HttpServer::Handler handler() {
    return [this](const Request& request, Responder responder) {
      const std::lock_guard lock(mutex_);
      responder.on_gone([this] { ++gone; });
      responders_.emplace(request.target, std::move(responder));
    };
  }
  // Waits for it.
  Responder take(const std::string& target) {
    while (true) {
      {
        const std::lock_guard lock(mutex_);
        const auto found = responders_.find(target);
        if (found != responders_.end()) {
          Responder responder = std::move(found->second);
          responders_.erase(found);
          return responder;
        }
      }
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  std::atomic<int> gone = 0;

 private:
  std::mutex mutex_;
  std::map<std::string, Responder> responders_;
};

TEST(HttpServer, AnswersAtOnceAndKeepsTheConnection) {
  ServingHttp serving({}, echo);
  HttpConnection connection(serving.port());
  for (int i = 0; i < 3; ++i) {
    const HttpExchange exchange = connection.post("/a?b=c", "body");
    EXPECT_EQ(exchange.status, 200);
    EXPECT_EQ(exchange.body, "POST /a?b=c body");
    EXPECT_THAT(exchange.head, HasSubstr("X-Host: 127.0.0.1\r\n"));
  }
  EXPECT_EQ(serving.stop().accepted(), 1U);
}

TEST(HttpServer, RepliesComeInAnyOrderFromAnyThread) {
  Kept kept;
  ServingHttp serving({}, kept.handler());
  HttpConnection one(serving.port()), two(serving.port());
  one.send(get("/one"));
  two.send(get("/two"));
  Responder first = kept.take("/one");
  Responder second = kept.take("/two");
  second.reply({.body = "second"});
  EXPECT_EQ(two.receive().body, "second");
  std::thread([first = std::move(first)]() mutable {
    first.reply({.body = "first"});
    first.reply({.body = "once more"});
  }).join();
  EXPECT_EQ(one.receive().body, "first");
  one.send(get("/again"));
  kept.take("/again").reply({.status = 202});
  EXPECT_EQ(one.receive().status, 202) << "of two replies to one request the first counts";
}

TEST(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  Kept kept;
  ServingHttp serving({}, kept.handler());
  HttpConnection connection(serving.port());
  connection.send(get("/1") + http_post("/2", "two") + get("/3"));
  Responder one = kept.take("/1");
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(kept.gone, 0) << "bytes ahead are no farewell";
  one.reply({.body = "1"});
  kept.take("/2").reply({.body = "2"});
  kept.take("/3").reply({.body = "3"});
  for (const char* body : {"1", "2", "3"}) EXPECT_EQ(connection.receive().body, body);
}

TEST(HttpServer, PiecesAreSentAsTheyCome) {
  Kept kept;
  ServingHttp serving({}, kept.handler());
  HttpConnection connection(serving.port());
  connection.send(get("/"));
  Responder responder = kept.take("/");
  responder.begin(200, {{"Content-Type", "text/event-stream"}});
  responder.write("hello, ");
  responder.write("");
  std::string came(1 << 10, ' ');
  std::size_t count = 0;
  const auto more_until = [&](std::string_view end) {
    while (!std::string_view(came).substr(0, count).ends_with(end)) {
      const ssize_t got = recv(connection.descriptor(), &came[count], came.size() - count, 0);
      ASSERT_GT(got, 0);
      count += static_cast<std::size_t>(got);
    }
  };
  more_until("\r\n\r\n7\r\nhello, \r\n");
  EXPECT_THAT(came.substr(0, count), HasSubstr("Transfer-Encoding: chunked\r\n"));
  responder.write("world");
  responder.end();
  more_until("7\r\nhello, \r\n5\r\nworld\r\n0\r\n\r\n");
}

TEST(HttpServer, ADroppedResponderIsAnError) {
  ServingHttp serving({}, [](const Request& request, Responder responder) {
    if (request.target == "/throws") throw Error("no");
    if (request.target == "/half") responder.begin(200, {});
    if (request.target == "/closes") responder.close();
  });
  HttpConnection connection(serving.port());
  EXPECT_EQ(connection.get("/drops").status, 500);
  EXPECT_EQ(connection.get("/throws").status, 500);
  connection.send(get("/half"));
  EXPECT_THROW(connection.receive(), std::runtime_error) << "a body that is not whole must be seen to be cut";
  HttpConnection other(serving.port());
  other.send(get("/closes"));
  EXPECT_TRUE(other.at_end());
}

TEST(HttpServer, TheHandlerIsToldThatTheClientLeft) {
  Kept kept;
  ServingHttp serving({}, kept.handler());
  {
    HttpConnection connection(serving.port());
    connection.send(get("/"));
    Responder responder = kept.take("/");
    EXPECT_FALSE(responder.gone());
    shutdown(connection.descriptor(), SHUT_WR);
    while (kept.gone == 0) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_TRUE(responder.gone());
    responder.reply({.body = "still there?"});
    EXPECT_EQ(connection.receive().body, "still there?") << "it may listen with one side closed";
  }
  auto leaving = std::make_unique<HttpConnection>(serving.port());
  leaving->send(get("/left"));
  Responder responder = kept.take("/left");
  leaving.reset();
  while (kept.gone == 1) std::this_thread::sleep_for(milliseconds(1));
  responder.reply({.body = "to nobody"});
  HttpConnection next(serving.port());
  next.send(get("/next"));
  kept.take("/next").reply({.body = "served"});
  EXPECT_EQ(next.receive().body, "served");
}

TEST(HttpServer, WhatIsTooLargeOrNoRequestIsRefused) {
  ServingHttp serving({.header_bytes = 1000, .body_bytes = 100}, echo);
  const auto status_of = [&](const std::string& bytes) {
    HttpConnection connection(serving.port());
    connection.send(bytes);
    const HttpExchange exchange = connection.receive();
    EXPECT_THAT(exchange.head, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(connection.at_end());
    return exchange.status;
  };
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(200'000, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of(http_post("/", std::string(200'000, 'x'))), 413);
  EXPECT_EQ(
      status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + std::string(200, 'x')),
      413);
  EXPECT_EQ(status_of("hello\r\n\r\n"), 400);
  HttpConnection many(serving.port());
  many.send("GET / HTTP/1.1\r\nHost: h\r\n");
  for (int i = 0; i < 20; ++i) {
    many.send("X-" + std::to_string(i) + ": " + std::string(80, 'x') + "\r\n");
    std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_EQ(many.receive().status, 431) << "one after the other, too";
  HttpConnection connection(serving.port());
  EXPECT_EQ(connection.post("/", std::string(100, 'x')).status, 200);
}

// What another reader in front of this one may take for other requests than this one does.
TEST(HttpServer, WhatTwoReadersMayTakeForDifferentRequestsIsRefused) {
  std::atomic<int> handled = 0;
  ServingHttp serving({}, [&](const Request& request, Responder responder) {
    ++handled;
    echo(request, std::move(responder));
  });
  const std::string rest = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string bad[] = {
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, identity\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\n Transfer-Encoding: chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tfolded\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nHost: i\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n" + rest,
      "POST / HTTP/1.1\nHost: h\nContent-Length: 0\n\n\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nX: a\rContent-Length: 5\r\n\r\n",
      std::string("POST / HTTP/1.1\r\nHost: h\r\nX: a") + '\0' + "b\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n",
      "POST  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "POST / HTTP/2.0\r\nHost: h\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\nabcde\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nabcde\r\n" + rest,
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'x'),
  };
  for (const std::string& bytes : bad) {
    SCOPED_TRACE(bytes.substr(0, 120));
    HttpConnection connection(serving.port());
    connection.send(bytes);
    const HttpExchange exchange = connection.receive();
    EXPECT_GE(exchange.status, 400);
    EXPECT_THAT(exchange.head, HasSubstr("Connection: close\r\n"));
    EXPECT_TRUE(connection.at_end()) << "nothing of what follows is a request";
  }
  EXPECT_EQ(handled, 0);
  HttpConnection connection(serving.port());
  connection.send(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=\"y\"\r\nab\r\n1\r\nc\r\n0\r\n"
      "Host: trailer\r\nX-Trailer: 9\r\n\r\n");
  EXPECT_EQ(connection.receive().body, "POST / abc");
}

// Headers that come letter by letter hold a connection for their own time alone, however many do so.
TEST(HttpServer, SlowHeadersAreCutByTheirOwnLimit) {
  ServingHttp serving({.head = milliseconds(100)}, echo);
  std::vector<std::unique_ptr<HttpConnection>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<HttpConnection>(serving.port()));
    slow.back()->send("GET / HTTP/1.1\r\nX: ");
  }
  HttpConnection good(serving.port());
  EXPECT_EQ(good.get("/").status, 200);
  for (int i = 0; i < 50; ++i) {
    for (const auto& one : slow) {
      try {
        one->send("x");
      } catch (const std::runtime_error&) {
      }
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  for (const auto& one : slow) EXPECT_THROW(one->receive(), std::runtime_error);
  EXPECT_EQ(good.get("/").status, 200) << "who asks nothing may stay";
}

TEST(HttpServer, ALengthThatWasToldIsKept) {
  ServingHttp serving({}, [](const Request& request, Responder responder) {
    responder.begin({.headers = {{"X-A", "b"}}, .fields = "X-C: d\r\n", .length = 4});
    responder.write("ab");
    responder.write(request.target == "/less" ? "c" : request.target == "/more" ? "cde" : "cd");
    responder.end();
  });
  HttpConnection right(serving.port());
  for (int i = 0; i < 2; ++i) {
    const HttpExchange exchange = right.get("/");
    EXPECT_EQ(exchange.body, "abcd");
    EXPECT_THAT(exchange.head, HasSubstr("X-A: b\r\nX-C: d\r\nContent-Length: 4\r\n"));
  }
  for (const char* target : {"/less", "/more"}) {
    HttpConnection wrong(serving.port());
    EXPECT_THROW(wrong.get(target), std::runtime_error);
  }
}

TEST(HttpServer, TellsWhenTheClientHasTaken) {
  std::atomic<std::size_t> unsent = 0;
  std::atomic<bool> room = false;
  ServingHttp serving({}, [&](const Request&, Responder responder) {
    const auto kept = std::make_shared<Responder>(std::move(responder));
    kept->begin({.length = 20'000'000});
    kept->write(std::string(20'000'000, 'x'));
    unsent = kept->unsent();
    kept->when_unsent(1'000'000, [&room, &unsent, kept] {
      unsent = kept->unsent();
      room = true;
      kept->end();
    });
  });
  HttpConnection client(serving.port());
  client.send(get("/"));
  while (unsent == 0) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(room);
  EXPECT_GE(unsent, 20'000'000U);
  EXPECT_EQ(client.receive().body.size(), 20'000'000U);
  while (!room) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_LE(unsent, 1'000'000U);
}

TEST(HttpServer, SlowClientsAreCutByTheIdleLimit) {
  ServingHttp serving({.idle = milliseconds(100)}, [](const Request& request, Responder responder) {
    if (request.target == "/large") responder.reply({.body = std::string(50'000'000, 'x')});
    std::this_thread::sleep_for(milliseconds(1));
  });
  HttpConnection silent(serving.port());
  const double waited = seconds_to_end(silent);
  EXPECT_GT(waited, 0.09);
  EXPECT_LT(waited, 10) << "the machine may be busy, but not so busy";
  HttpConnection dripping(serving.port());
  EXPECT_THROW(
      {
        for (const char c : get("/a-path-that-takes-its-time-to-be-told-whole-a-letter-after-the-other")) {
          dripping.send(std::string(1, c));
          std::this_thread::sleep_for(milliseconds(10));
        }
        dripping.receive();
      },
      std::runtime_error);
  HttpConnection takes_nothing(serving.port());
  takes_nothing.send(get("/large"));
  std::this_thread::sleep_for(milliseconds(1000));
  EXPECT_THROW(takes_nothing.receive(), std::runtime_error);
}

TEST(HttpServer, AHandlersTimeIsNotTheClients) {
  Kept kept;
  ServingHttp serving({.idle = milliseconds(50)}, kept.handler());
  HttpConnection connection(serving.port());
  connection.send(get("/"));
  std::this_thread::sleep_for(milliseconds(150));
  kept.take("/").reply({.body = "late"});
  EXPECT_EQ(connection.receive().body, "late");
}

TEST(HttpServer, MoreConnectionsThanAllowedWait) {
  ServingHttp serving({.connections = 2}, echo);
  auto one = std::make_unique<HttpConnection>(serving.port());
  HttpConnection two(serving.port());
  EXPECT_EQ(one->get("/").status, 200);
  EXPECT_EQ(two.get("/").status, 200);
  HttpConnection three(serving.port());
  three.send(get("/3"));
  char byte = 0;
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_EQ(recv(three.descriptor(), &byte, 1, MSG_DONTWAIT), -1);
  one.reset();
  EXPECT_EQ(three.receive().status, 200);
}

TEST(HttpServer, StopLetsRepliesFinish) {
  Kept kept;
  HttpServer server({}, kept.handler());
  std::thread loop([&] { server.run(); });
  HttpConnection pending(server.port()), idle(server.port());
  pending.send(get("/pending"));
  Responder responder = kept.take("/pending");
  server.stop();
  EXPECT_TRUE(idle.at_end());
  EXPECT_THROW(HttpConnection refused(server.port()), std::runtime_error);
  responder.reply({.body = "the last"});
  const HttpExchange exchange = pending.receive();
  EXPECT_EQ(exchange.body, "the last");
  EXPECT_THAT(exchange.head, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(pending.at_end());
  loop.join();
}

TEST(HttpServer, StopWaitsNoLongerThanItsGrace) {
  Kept kept;
  auto server = std::make_unique<HttpServer>(HttpServerOptions{.grace = milliseconds(50)}, kept.handler());
  std::thread loop([&] { server->run(); });
  HttpConnection connection(server->port());
  connection.send(get("/never"));
  Responder responder = kept.take("/never");
  server->stop();
  loop.join();
  server.reset();
  EXPECT_TRUE(connection.at_end());
  responder.reply({.body = "a responder may outlive its server"});
}

TEST(HttpServer, TimersAndPostedWorkRunInTheLoop) {
  std::promise<std::thread::id> posted;
  std::thread::id handled;
  ServingHttp serving({}, [&](const Request&, Responder responder) {
    handled = std::this_thread::get_id();
    serving.after(milliseconds(20), [responder = std::move(responder)]() mutable { responder.reply({}); });
  });
  HttpConnection connection(serving.port());
  EXPECT_EQ(connection.get("/").status, 200);
  serving.server().post([&] { posted.set_value(std::this_thread::get_id()); });
  EXPECT_EQ(posted.get_future().get(), handled);
}

TEST(HttpServer, OldAndCuriousClients) {
  ServingHttp serving({}, [](const Request& request, Responder responder) {
    if (request.target != "/pieces") return echo(request, std::move(responder));
    responder.begin(200, {});
    responder.write("a piece");
    responder.end();
  });
  HttpConnection head(serving.port());
  head.send("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n" + get("/g"));
  std::string first(1000, ' ');
  std::size_t count = 0;
  while (!std::string_view(first).substr(0, count).ends_with("GET /g ")) {
    const ssize_t got = recv(head.descriptor(), &first[count], first.size() - count, 0);
    ASSERT_GT(got, 0);
    count += static_cast<std::size_t>(got);
  }
  EXPECT_THAT(first, HasSubstr("Content-Length: 8\r\n\r\nHTTP/1.1 200 OK\r\n")) << "the length, and no body";
  HttpConnection old(serving.port());
  old.send("GET /o HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.receive().body, "GET /o ");
  EXPECT_TRUE(old.at_end());
  HttpConnection expecting(serving.port());
  expecting.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  std::string come(25, ' ');
  EXPECT_EQ(recv(expecting.descriptor(), come.data(), come.size(), MSG_WAITALL), 25);
  EXPECT_THAT(come, StartsWith("HTTP/1.1 100 Continue\r\n"));
  expecting.send("ab");
  EXPECT_EQ(expecting.receive().body, "POST / ab");
}

TEST(HttpServer, WhatCanNotBeSentOrListenedAt) {
  ServingHttp serving({}, [](const Request& request, Responder responder) {
    try {
      if (request.target == "/status") responder.reply({.status = 99});
      responder.reply({.headers = {{"X", "a\r\nSet-Cookie: b"}}});
    } catch (const InvalidArgument& error) {
      responder.reply({.body = error.what()});
    }
  });
  HttpConnection connection(serving.port());
  EXPECT_EQ(connection.get("/").body, "the header \"X\" has control characters in it, or no name");
  EXPECT_EQ(connection.get("/status").body, "a status is 200 to 599, came 99");
  EXPECT_THROW(HttpServer({.port = serving.port()}, echo), Error);
  EXPECT_THROW(HttpServer({.address = "nowhere"}, echo), Error);
  EXPECT_THROW(HttpServer({.connections = 0}, echo), InvalidArgument);
}

TEST(HttpServer, AnUploadMayTakeLongerThanIdleWhileItsBytesCome) {
  ServingHttp serving({.idle = milliseconds(200)}, echo);
  HttpConnection steady(serving.port());
  const std::string body(6000, 'x');
  const std::string request = http_post("/", body);
  const std::size_t head = request.size() - body.size();
  steady.send(request.substr(0, head));
  for (std::size_t at = 0; at < body.size(); at += 500) {
    std::this_thread::sleep_for(milliseconds(50));
    steady.send(body.substr(at, 500));
  }
  EXPECT_EQ(steady.receive().status, 200);
  HttpConnection dripping(serving.port());
  dripping.send(request.substr(0, head));
  for (int i = 0; i < 30; ++i) {
    std::this_thread::sleep_for(milliseconds(20));
    try {
      dripping.send("x");
    } catch (const std::runtime_error&) {
      break;
    }
  }
  const HttpExchange late = dripping.receive();
  EXPECT_EQ(late.status, 408);
  EXPECT_TRUE(dripping.at_end());
}

TEST(HttpServer, EmptyLinesBeforeARequestAreNothing) {
  ServingHttp serving({}, echo);
  HttpConnection connection(serving.port());
  connection.send("\r\n" + get("/one") + "\r\n\r\n" + get("/two"));
  EXPECT_THAT(connection.receive().body, StartsWith("GET /one"));
  EXPECT_THAT(connection.receive().body, StartsWith("GET /two"));
  connection.send("\r\n");
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_THAT(connection.get("http://other.example:80/three?a=b").body, StartsWith("GET /three?a=b"));
  EXPECT_THAT(connection.get("HTTP://other.example").body, StartsWith("GET /"));
}

TEST(HttpServer, AnEmptyLineDoesNotHideThatTheClientLeft) {
  for (const bool together : {true, false}) {
    std::atomic<bool> came = false;
    std::atomic<bool> gone = false;
    std::optional<Responder> kept;
    ServingHttp serving({.grace = milliseconds(0)}, [&](const Request&, Responder responder) {
      kept.emplace(std::move(responder));
      kept->on_gone([&] { gone = true; });
      came = true;
    });
    auto client = std::make_unique<HttpConnection>(serving.port());
    client->send(http_post("/", "abc") + (together ? "\r\n" : ""));
    while (!came) std::this_thread::sleep_for(milliseconds(1));
    if (!together) client->send("\r\n");
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_FALSE(gone);
    client.reset();
    for (int i = 0; i < 2000 && !gone; ++i) std::this_thread::sleep_for(milliseconds(1));
    EXPECT_TRUE(gone) << together;
    serving.stop();
  }
}

}  // namespace
}  // namespace assay::server
