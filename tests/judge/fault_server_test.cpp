// The server that the tests of the client rest on: it must do what it says.

#include "tests/judge/fault_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "tests/server/http_exchange.h"

namespace assay::judge {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

// A connection as a client has it.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    connected = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void post(const std::string& body) const {
    const std::string bytes =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    ASSERT_EQ(send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

  /// Reads until the connection ends or `most` bytes have come.
  std::string read(std::size_t most) {
    std::string bytes;
    std::array<char, 4096> buffer;
    while (bytes.size() < most) {
      const ssize_t count = recv(socket_, buffer.data(), std::min(buffer.size(), most - bytes.size()), 0);
      was_reset = count < 0 && errno == ECONNRESET;
      ended = count == 0;
      if (count <= 0) break;
      bytes.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return bytes;
  }

  bool connected = false;
  bool was_reset = false;
  bool ended = false;

 private:
  int socket_;
};

TEST(FaultServer, AnswersInOrderOnOneConnection) {
  FaultServer server({answer("{\"a\": 1}"), rate_limited("7"), failing(503)});
  HttpConnection connection(server.port());
  const HttpExchange first = connection.post("/v1/chat/completions", "first");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "{\"a\": 1}");
  EXPECT_THAT(first.head, HasSubstr("Content-Type: application/json\r\n"));
  const HttpExchange second = connection.post("/", "second");
  EXPECT_EQ(second.status, 429);
  EXPECT_THAT(second.head, HasSubstr("Retry-After: 7\r\n"));
  EXPECT_EQ(connection.post("/", "third").status, 503);
  EXPECT_THAT(server.bodies(), ElementsAre("first", "second", "third"));
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_EQ(server.most_at_once(), 1U);
}

TEST(FaultServer, BreaksOff) {
  Fault half = answer(std::string(100, 'x'));
  half.kind = Fault::Kind::half_body;
  Fault reset = half;
  reset.kind = Fault::Kind::reset_in_body;
  FaultServer server({half, reset, Fault{.kind = Fault::Kind::reset}, Fault{.kind = Fault::Kind::no_http}});
  Client ending(server.port());
  ending.post("");
  EXPECT_THAT(ending.read(10'000), AllOf(HasSubstr("Content-Length: 100"), EndsWith("\n" + std::string(50, 'x'))));
  EXPECT_TRUE(ending.ended);
  Client broken(server.port());
  broken.post("");
  EXPECT_THAT(broken.read(10'000), EndsWith("\n" + std::string(50, 'x')));
  EXPECT_TRUE(broken.was_reset);
  Client reset_at_once(server.port());
  reset_at_once.post("");
  EXPECT_EQ(reset_at_once.read(10'000), "");
  EXPECT_TRUE(reset_at_once.was_reset);
  Client garbled(server.port());
  garbled.post("");
  EXPECT_THAT(garbled.read(10'000), HasSubstr("not HTTP"));
}

TEST(FaultServer, SendsTooMuchAndEndsAllTheSame) {
  FaultServer server({Fault{.kind = Fault::Kind::large}, Fault{.kind = Fault::Kind::endless},
                      Fault{.kind = Fault::Kind::endless_headers}});
  Client large(server.port());
  large.post("");
  EXPECT_EQ(large.read(10'000'000).size(), 10'000'000U);
  for (int i = 0; i < 2; ++i) {
    Client endless(server.port());
    endless.post("");
    EXPECT_EQ(endless.read(3'000'000).size(), 3'000'000U);
  }
}

TEST(FaultServer, IsSlowOrSilentAndEndsAllTheSame) {
  Fault slow = answer("{}");
  slow.kind = Fault::Kind::slow_headers;
  slow.pause = std::chrono::milliseconds(5);
  FaultServer server({slow, Fault{.kind = Fault::Kind::silent}});
  Client client(server.port());
  client.post("");
  EXPECT_EQ(client.read(15), "HTTP/1.1 200 OK");
  Client silent(server.port());
  silent.post("");  // the server ends with both of them open
}

TEST(FaultServer, TurnsTlsAwayInPlainHttp) {
  FaultServer server({answer("{}")});
  Client client(server.port());
  client.post("");
  client.read(10);
  EXPECT_EQ(server.requests(), 1U);
  EXPECT_FALSE(Client(refusing_port()).connected);
}

}  // namespace
}  // namespace assay::judge
