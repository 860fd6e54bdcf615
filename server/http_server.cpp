#include "server/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast/core/string.hpp>
#include <csignal>
#include <memory>
#include <utility>

#include "assay/core/error.h"
#include "server/server_connection.h"

namespace assay::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Exchange = Responder::Exchange;

constexpr std::chrono::milliseconds kShortestSweep{5};
constexpr std::chrono::milliseconds kAcceptAgain{10};
constexpr int kBacklog = 4096;

void check(int status, const Headers& headers) {
  if (status < 200 || status > 599) throw InvalidArgument(fmt::format("a status is 200 to 599, came {}", status));
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  for (const auto& [name, value] : headers) {
    if (name.empty() || std::any_of(name.begin(), name.end(), control) ||
        std::any_of(value.begin(), value.end(), control)) {
      throw InvalidArgument("the header " + quoted(name) + " has control characters in it, or no name");
    }
  }
}

void check_limits(const HttpServerOptions& options) {
  if (options.connections < 1 || options.idle.count() < 1 || options.head.count() < 1) {
    throw InvalidArgument("a server needs room for 1 connection and 1 millisecond of patience");
  }
}

// Calls `act` with the connection, in the loop, while the exchange is the one under way there.
template <typename Act>
void in_loop(const std::shared_ptr<Exchange>& exchange, Act act) {
  const std::shared_ptr<ServerLoop> loop = exchange ? exchange->loop.lock() : nullptr;
  if (loop == nullptr) return;
  asio::dispatch(loop->io, [exchange, act = std::move(act)]() mutable {
    const std::shared_ptr<ServerConnection> connection = exchange->connection.lock();
    if (connection == nullptr || !connection->has(exchange)) return;
    act(*connection);
    connection->send_soon();
  });
}

}  // namespace

ServerConnections::ServerConnections(HttpServerOptions wanted, HttpServer::Handler handles)
    : options(std::move(wanted)), handler(std::move(handles)) {
  check_limits(options);
  try {
    listen();
  } catch (const boost::system::system_error& error) {
    throw Error(fmt::format("port {} of {} can't be listened at: {}", options.port, options.address,
                            error.code().message()));
  }
}

ServerConnections::~ServerConnections() {
  for (const auto& connection : open_) connection->forget();
}

void ServerConnections::listen() {
  boost::system::error_code wrong;
  const asio::ip::address address = asio::ip::make_address(options.address, wrong);
  if (wrong) {
    throw InvalidArgument("expected an address in numbers, as 127.0.0.1 or ::1, came " + quoted(options.address));
  }
  const tcp::endpoint where(address, options.port);
  acceptor.open(where.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(where);
  acceptor.listen(kBacklog);
  port = acceptor.local_endpoint().port();
}

void ServerConnections::accept() {
  if (accepting_ || stopping || open_.size() >= options.connections) return;
  accepting_ = true;
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    accepting_ = false;
    if (stopping) return;
    if (error) return accept_later();
    ++accepted;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    const auto connection = std::make_shared<ServerConnection>(*this, std::move(socket));
    open_.insert(connection);
    connection->read();
    accept();
  });
}

// Out of descriptors, as a rule: some will be given back.
void ServerConnections::accept_later() {
  accepting_ = true;
  again_.expires_after(kAcceptAgain);
  again_.async_wait([this](error_code) {
    accepting_ = false;
    accept();
  });
}

void ServerConnections::closed(const std::shared_ptr<ServerConnection>& connection) {
  open_.erase(connection);
  if (stopping && open_.empty()) return loop->io.stop();
  accept();
}

// One timer for all connections: a timer each would be set anew with every request.
void ServerConnections::sweep() {
  sweep_.expires_after(std::max(kShortestSweep, std::min(options.idle, options.head) / 4));
  sweep_.async_wait([this](error_code error) {
    if (error) return;
    const ServerClock::time_point now = ServerClock::now();
    const std::vector<std::shared_ptr<ServerConnection>> all(open_.begin(), open_.end());
    for (const auto& connection : all) {
      if (connection->deadline() <= now) connection->late();
    }
    sweep();
  });
}

void ServerConnections::stop() {
  if (stopping) return loop->io.stop();
  stopping = true;
  error_code ignored;
  acceptor.close(ignored);
  const std::vector<std::shared_ptr<ServerConnection>> all(open_.begin(), open_.end());
  for (const auto& connection : all) {
    if (connection->idle()) connection->close();
  }
  if (open_.empty()) return loop->io.stop();
  grace_.expires_after(options.grace);
  grace_.async_wait([this](error_code error) {
    if (!error) loop->io.stop();
  });
}

bool same_name(std::string_view one, std::string_view other) {
  return boost::beast::iequals({one.data(), one.size()}, {other.data(), other.size()});
}

std::string_view Request::header(std::string_view name) const {
  const auto same = [&](const auto& one) { return same_name(one.first, name); };
  const auto found = std::find_if(headers.begin(), headers.end(), same);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

Responder::Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this == &other) return *this;
  drop();
  exchange_ = std::move(other.exchange_);
  return *this;
}

Responder::~Responder() { drop(); }

void Responder::drop() {
  in_loop(exchange_, [](ServerConnection& connection) { connection.drop(); });
}

void Responder::reply(Response response) {
  check(response.status, response.headers);
  in_loop(exchange_, [response = std::move(response)](ServerConnection& connection) {
    if (connection.begun()) return;
    connection.begin({.status = response.status, .headers = response.headers, .length = response.body.size()});
    connection.write_whole(response.body);
    connection.end();
  });
}

void Responder::begin(ReplyHead head) {
  check(head.status, head.headers);
  in_loop(exchange_, [head = std::move(head)](ServerConnection& connection) {
    if (!connection.begun()) connection.begin(head);
  });
}

void Responder::write(std::string_view piece) {
  const std::shared_ptr<ServerLoop> loop = exchange_ ? exchange_->loop.lock() : nullptr;
  if (loop == nullptr) return;
  if (!loop->io.get_executor().running_in_this_thread()) {
    return in_loop(exchange_,
                   [piece = std::string(piece)](ServerConnection& connection) { connection.write_piece(piece); });
  }
  const std::shared_ptr<ServerConnection> connection = exchange_->connection.lock();
  if (connection == nullptr || !connection->has(exchange_)) return;
  connection->write_piece(piece);
  connection->send_soon();
}

void Responder::end() {
  in_loop(exchange_, [](ServerConnection& connection) { connection.end(); });
}

void Responder::close() {
  in_loop(exchange_, [](ServerConnection& connection) { connection.abandon(); });
}

bool Responder::gone() const { return exchange_ != nullptr && exchange_->gone; }

void Responder::on_gone(std::function<void()> told) {
  in_loop(exchange_, [told = std::move(told)](ServerConnection& connection) mutable {
    connection.told_when_gone(std::move(told));
  });
}

std::size_t Responder::unsent() const {
  const std::shared_ptr<ServerConnection> connection = exchange_ ? exchange_->connection.lock() : nullptr;
  return connection && connection->has(exchange_) ? connection->unsent() : 0;
}

void Responder::when_unsent(std::size_t bytes, std::function<void()> told) {
  in_loop(exchange_, [exchange = exchange_, bytes, told = std::move(told)](ServerConnection&) mutable {
    exchange->room_at = bytes;
    exchange->on_room = std::move(told);
  });
}

class HttpServer::Impl : public ServerConnections {
 public:
  using ServerConnections::ServerConnections;

  void wait_for_signal() {
    signals->async_wait([this](error_code error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        hangup();
      } else {
        stop();
      }
      wait_for_signal();
    });
  }

  std::optional<asio::signal_set> signals;
};

HttpServer::HttpServer(HttpServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port; }

std::string HttpServer::url() const {
  const std::string& address = impl_->options.address;
  const bool six = address.find(':') != std::string::npos;
  return fmt::format("http://{}:{}", six ? "[" + address + "]" : address, impl_->port);
}

void HttpServer::heed_signals() {
  if (impl_->signals) return;
  impl_->signals.emplace(impl_->loop->io);
  impl_->signals->add(SIGINT);
  impl_->signals->add(SIGTERM);
  if (impl_->hangup) impl_->signals->add(SIGHUP);
  impl_->wait_for_signal();
}

void HttpServer::run(bool until_signal) {
  if (until_signal) heed_signals();
  impl_->accept();
  impl_->sweep();
  impl_->loop->io.run();
}

void HttpServer::stop() {
  asio::post(impl_->loop->io, [this] { impl_->stop(); });
}

std::size_t HttpServer::accepted() const { return impl_->accepted; }

std::size_t HttpServer::connections() const { return impl_->connections(); }

void HttpServer::on_hangup(std::function<void()> told) { impl_->hangup = std::move(told); }

void HttpServer::change_limits(const HttpServerOptions& wanted) {
  check_limits(wanted);
  HttpServerOptions& options = impl_->options;
  options.header_bytes = wanted.header_bytes;
  options.body_bytes = wanted.body_bytes;
  options.unsent_bytes = wanted.unsent_bytes;
  options.connections = wanted.connections;
  options.idle = wanted.idle;
  options.head = wanted.head;
  options.grace = wanted.grace;
  impl_->accept();
}

asio::io_context& HttpServer::loop() { return impl_->loop->io; }

void HttpServer::post_shared(std::function<void()> work) { asio::post(impl_->loop->io, std::move(work)); }

void HttpServer::call_after(std::chrono::milliseconds delay, std::function<void()> work) {
  const auto timer = std::make_shared<asio::steady_timer>(impl_->loop->io, delay);
  timer->async_wait([timer, work = std::move(work)](error_code error) {
    if (!error) work();
  });
}

}  // namespace assay::server
