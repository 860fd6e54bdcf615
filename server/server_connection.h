#pragma once

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "server/http_server.h"
#include "server/request_parser.h"

namespace assay::server {

/// \file
/// The connections of an HttpServer, and what they share.

class ServerConnection;
using ServerClock = std::chrono::steady_clock;

inline constexpr ServerClock::time_point kServerNever = ServerClock::time_point::max();
inline constexpr std::size_t kServerReadBytes = 65'536;  // at once

/// Shared with responders, which may outlive the server.
struct ServerLoop {
  boost::asio::io_context io{1};
};

struct Responder::Exchange {
  std::weak_ptr<ServerLoop> loop;
  std::weak_ptr<ServerConnection> connection;
  std::atomic<bool> gone = false;
  std::function<void()> on_gone = {};
  std::function<void()> on_room = {};
  std::size_t room_at = 0;  // unsent bytes at which it is called
};

/// What the connections of a server have in common. It accepts them, and watches their deadlines.
struct ServerConnections {
  ServerConnections(HttpServerOptions wanted, HttpServer::Handler handles);
  ~ServerConnections();
  ServerConnections(const ServerConnections&) = delete;
  ServerConnections& operator=(const ServerConnections&) = delete;

  void accept();
  void sweep();
  void stop();
  void closed(const std::shared_ptr<ServerConnection>& connection);

  HttpServerOptions options;
  HttpServer::Handler handler;
  std::shared_ptr<ServerLoop> loop = std::make_shared<ServerLoop>();
  boost::asio::ip::tcp::acceptor acceptor{loop->io};
  std::uint16_t port = 0;
  std::size_t accepted = 0;
  bool stopping = false;
  std::vector<char> buffer = std::vector<char>(kServerReadBytes);  // what is read is handled at once
  std::function<void()> hangup = {};
  std::size_t connections() const { return open_.size(); }

 private:
  void listen();
  void accept_later();

  boost::asio::steady_timer again_{loop->io};
  boost::asio::steady_timer sweep_{loop->io};
  boost::asio::steady_timer grace_{loop->io};
  std::unordered_set<std::shared_ptr<ServerConnection>> open_;  // one that waits for its reply has no other owner
  bool accepting_ = false;
};

/// Requests are read and answered one after the other.
class ServerConnection : public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(ServerConnections& shared, boost::asio::ip::tcp::socket socket)
      : shared_(shared), socket_(std::move(socket)) {}

  void read();
  void close();
  void late();
  bool idle() const;
  ServerClock::time_point deadline() const { return std::min(deadline_, send_deadline_); }

  // What a responder says; `exchange` may be one that is over.
  bool has(const std::shared_ptr<Responder::Exchange>& exchange) const { return exchange == exchange_; }
  bool begun() const { return begun_; }
  void begin(const ReplyHead& head);
  void write(std::string_view bytes);
  void write_piece(std::string_view piece);
  void write_whole(std::string_view body);
  void end();
  void drop();
  void abandon();
  void forget();
  void told_when_gone(std::function<void()> told);
  std::size_t unsent() const { return unsent_.size() + sending_.size() - sent_; }
  void send_soon();

 private:
  // ended: the reply, of which not all is sent yet. leaving: all is sent; what still comes is thrown away.
  enum class Stage : std::uint8_t { reading, answering, ended, leaving, closed };

  void arm();
  void readable();
  void receive();
  void take(std::string_view bytes);
  void handle();
  void refuse(int status, const std::string& what);
  void refuse(boost::system::error_code error) { refuse(status_of_refusal(error), error.message()); }
  void look();
  void lost();
  void send_more();
  void send_rest();
  void tell_room();
  void leave();
  void discard();

  ServerConnections& shared_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<RequestParser> parser_;
  std::string left_;  // bytes that are not parsed yet
  std::shared_ptr<Responder::Exchange> exchange_;
  Stage stage_ = Stage::reading;
  ServerClock::time_point deadline_ = kServerNever;
  ServerClock::time_point send_deadline_ = kServerNever;
  std::string unsent_;
  std::string sending_;
  std::size_t sent_ = 0;               // bytes of it
  std::optional<std::uint64_t> owed_;  // bytes of the body, where its length was told
  std::size_t head_bytes_ = 0;
  ServerClock::time_point body_began_ = {};
  std::uint64_t body_bytes_ = 0;
  bool armed_ = false;    // waits for bytes
  bool blocked_ = false;  // waits for the client to take some
  bool soon_ = false;
  bool came_ = false;  // a byte of the request
  bool keep_ = true;
  bool head_only_ = false;
  bool old_ = false;  // HTTP/1.0
  bool begun_ = false;
  bool chunked_ = false;
  bool refused_ = false;
};

}  // namespace assay::server
