#include "server/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <exception>
#include <optional>
#include <unordered_set>

#include "assay/core/error.h"

namespace assay::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr Clock::time_point kNever = Clock::time_point::max();
constexpr std::chrono::milliseconds kShortestSweep{5};
constexpr std::chrono::milliseconds kAcceptAgain{10};
constexpr std::chrono::milliseconds kLongestLeave{2'000};
constexpr std::size_t kDiscarded = 65'536;  // bytes at once
constexpr int kBacklog = 4096;
constexpr const char* kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Shared with responders, which may outlive the server.
struct Loop {
  asio::io_context io{1};
};

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

void add_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

Request taken(http::request<http::string_body>&& message) {
  Request request;
  request.method = view(message.method_string());
  request.target = view(message.target());
  for (const auto& field : message) request.headers.emplace_back(view(field.name_string()), view(field.value()));
  request.body = std::move(message.body());
  return request;
}

// Of what beast says about bytes that are no request, or too many.
int status_of(error_code error) {
  if (error == http::error::body_limit) return 413;
  return error == http::error::header_limit || error == http::error::buffer_overflow ? 431 : 400;
}

class Connection;

}  // namespace

struct Responder::Exchange {
  std::weak_ptr<Loop> loop;
  std::weak_ptr<Connection> connection;
  std::atomic<bool> gone = false;
  std::function<void()> on_gone = {};
};

namespace {

using Exchange = Responder::Exchange;

struct Service {
  Service(HttpServerOptions wanted, HttpServer::Handler handles);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  void accept();
  void sweep();
  void stop();
  void closed(const std::shared_ptr<Connection>& connection);

  HttpServerOptions options;
  HttpServer::Handler handler;
  std::shared_ptr<Loop> loop = std::make_shared<Loop>();
  tcp::acceptor acceptor{loop->io};
  std::uint16_t port = 0;
  std::size_t accepted = 0;
  bool stopping = false;

 private:
  void listen();
  void accept_later();

  asio::steady_timer again_{loop->io};
  asio::steady_timer sweep_{loop->io};
  asio::steady_timer grace_{loop->io};
  std::unordered_set<std::shared_ptr<Connection>> open_;  // one that waits for its reply has no other owner
  bool accepting_ = false;
};

// Requests are read and answered one after the other.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Service& service, tcp::socket socket) : service_(service), socket_(std::move(socket)) {}

  void read();
  void close();
  bool idle() const { return stage_ == Stage::reading; }
  Clock::time_point deadline() const { return deadline_; }

  // What a responder says; `exchange` may be one that is over.
  bool has(const std::shared_ptr<Exchange>& exchange) const { return exchange == exchange_; }
  bool begun() const { return begun_; }
  void begin(int status, const Headers& headers, std::optional<std::size_t> length);
  void write(std::string_view bytes);
  void write_chunk(std::string_view piece);
  void end();
  void drop();
  void abandon();
  void forget();
  void told_when_gone(std::function<void()> told);
  void send_more();

 private:
  // ended: the reply, of which not all is sent yet. leaving: all is sent; what still comes is thrown away.
  enum class Stage : std::uint8_t { reading, answering, ended, leaving, closed };

  void read_body();
  void read_rest();
  void handle();
  void refuse(error_code error);
  void watch();
  void lost();
  void send_rest();
  void leave();

  Service& service_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::shared_ptr<Exchange> exchange_;
  Stage stage_ = Stage::reading;
  Clock::time_point deadline_ = kNever;
  std::string unsent_;
  std::string sending_;
  std::size_t sent_ = 0;  // bytes of it
  bool watching_ = false;
  bool keep_ = true;
  bool head_only_ = false;
  bool old_ = false;  // HTTP/1.0
  bool begun_ = false;
  bool chunked_ = false;
  bool refused_ = false;
};

void Connection::read() {
  stage_ = Stage::reading;
  deadline_ = Clock::now() + service_.options.idle;
  parser_.emplace();
  parser_->body_limit(service_.options.body_bytes);
  parser_->header_limit(service_.options.header_bytes);
  http::async_read_header(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->refuse(error);
    self->read_body();
  });
}

void Connection::read_body() {
  if (!boost::beast::iequals(parser_->get()[http::field::expect], "100-continue")) return read_rest();
  asio::async_write(socket_, asio::buffer(std::string_view(kContinue)),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error) return self->close();
                      self->read_rest();
                    });
}

void Connection::read_rest() {
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->refuse(error);
    self->handle();
  });
}

// What is no request, or too long a one, ends the connection; so does the client's leaving.
void Connection::refuse(error_code error) {
  if (stage_ == Stage::closed) return;
  if (error == http::error::end_of_stream ||
      error.category() != http::make_error_code(http::error::partial_message).category()) {
    return close();
  }
  const int status = status_of(error);
  const std::string what = error.message();
  const Response response = service_.options.refuse
                                ? service_.options.refuse(status, what)
                                : Response{status, {{"Content-Type", "text/plain"}}, what + "\n"};
  stage_ = Stage::answering;
  refused_ = true;
  keep_ = head_only_ = begun_ = chunked_ = false;
  begin(response.status, response.headers, response.body.size());
  write(response.body);
  end();
  send_more();
}

void Connection::handle() {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::answering;
  deadline_ = kNever;
  keep_ = parser_->get().keep_alive();
  head_only_ = parser_->get().method() == http::verb::head;
  old_ = parser_->get().version() < 11;
  begun_ = chunked_ = false;
  exchange_ = std::make_shared<Exchange>();
  exchange_->loop = service_.loop;
  exchange_->connection = weak_from_this();
  const std::shared_ptr<Exchange> mine = exchange_;
  try {
    service_.handler(taken(parser_->release()), Responder(mine));
  } catch (const std::exception&) {
    if (exchange_ == mine) {
      drop();
      send_more();
    }
  }
  if (exchange_ == mine) watch();
}

// Sees the client leave while its reply is awaited.
void Connection::watch() {
  if (watching_ || buffer_.size() > 0) return;
  watching_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->watching_ = false;
    if (self->stage_ == Stage::closed || self->exchange_ == nullptr) return;
    char next = 0;
    if (!error) self->socket_.receive(asio::buffer(&next, 1), tcp::socket::message_peek, error);
    if (error) self->lost();
  });
}

void Connection::lost() {
  keep_ = false;
  if (exchange_ == nullptr || exchange_->gone.exchange(true)) return;
  if (const std::function<void()> told = std::move(exchange_->on_gone)) told();
}

// `length`: of the body; empty: it comes in pieces.
void Connection::begin(int status, const Headers& headers, std::optional<std::size_t> length) {
  begun_ = true;
  if (service_.stopping) keep_ = false;
  chunked_ = !length && !old_;
  if (!length && old_) keep_ = false;  // the connection's end is the body's
  const auto known = http::obsolete_reason(static_cast<http::status>(status));
  unsent_ += fmt::format("HTTP/1.1 {} {}\r\n", status, view(known));
  for (const auto& [name, value] : headers) add_header(unsent_, name, value);
  if (chunked_) add_header(unsent_, "Transfer-Encoding", "chunked");
  if (length && status != 204 && status != 304) add_header(unsent_, "Content-Length", std::to_string(*length));
  if (!keep_) add_header(unsent_, "Connection", "close");
  if (keep_ && old_) add_header(unsent_, "Connection", "keep-alive");
  unsent_ += "\r\n";
  head_only_ = head_only_ || status == 204 || status == 304;
}

void Connection::write(std::string_view bytes) {
  if (!head_only_) unsent_ += bytes;
}

void Connection::write_chunk(std::string_view piece) {
  if (!begun_ || piece.empty()) return;
  if (unsent_.size() + piece.size() > service_.options.unsent_bytes) return close();
  if (!chunked_) return write(piece);
  write(fmt::format("{:x}\r\n{}\r\n", piece.size(), piece));
}

void Connection::end() {
  if (!begun_) return drop();
  if (chunked_) write("0\r\n\r\n");
  forget();
  stage_ = Stage::ended;
}

// The responder went without a whole reply. What it said is still sent, without the end that would make it whole.
void Connection::drop() {
  if (begun_) {
    keep_ = false;
    stage_ = Stage::ended;
    return forget();
  }
  constexpr std::string_view kNone = "no reply\n";
  begin(500, {{"Content-Type", "text/plain"}}, kNone.size());
  write(kNone);
  end();
}

// Ends the connection on behalf of the responder, which is not told of it.
void Connection::abandon() {
  forget();
  close();
}

// What is to be told may own the responder, and that the exchange.
void Connection::forget() {
  const std::shared_ptr<Exchange> over = std::exchange(exchange_, nullptr);
  if (over) over->on_gone = nullptr;
}

void Connection::told_when_gone(std::function<void()> told) {
  if (exchange_->gone) return told();
  exchange_->on_gone = std::move(told);
}

// One write at a time; what is said meanwhile goes with the next.
void Connection::send_more() {
  if (stage_ == Stage::closed || stage_ == Stage::leaving) return;
  if (sent_ < sending_.size()) return;  // under way
  if (unsent_.empty()) {
    if (stage_ != Stage::ended) return;
    if (refused_) return leave();
    if (keep_ && !service_.stopping) return read();
    return close();
  }
  sending_.clear();
  sending_.swap(unsent_);
  sent_ = 0;
  send_rest();
}

void Connection::send_rest() {
  deadline_ = Clock::now() + service_.options.idle;
  const auto rest = asio::buffer(sending_) + sent_;
  socket_.async_write_some(rest, [self = shared_from_this()](error_code error, std::size_t count) {
    if (self->stage_ == Stage::closed) return;
    if (error) return self->close();
    self->deadline_ = kNever;
    self->sent_ += count;
    if (self->sent_ < self->sending_.size()) return self->send_rest();
    self->send_more();
  });
}

// A socket that is closed with bytes unread takes the last reply back.
void Connection::leave() {
  if (stage_ != Stage::leaving) {
    stage_ = Stage::leaving;
    deadline_ = Clock::now() + std::min(service_.options.idle, kLongestLeave);
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kDiscarded), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->stage_ == Stage::closed) return;
    if (error) return self->close();
    self->leave();
  });
}

void Connection::close() {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::closed;
  lost();
  forget();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  service_.closed(shared_from_this());
}

Service::Service(HttpServerOptions wanted, HttpServer::Handler handles)
    : options(std::move(wanted)), handler(std::move(handles)) {
  if (options.connections < 1 || options.idle.count() < 1) {
    throw InvalidArgument("a server needs room for 1 connection and 1 millisecond of patience");
  }
  try {
    listen();
  } catch (const boost::system::system_error& error) {
    throw Error(fmt::format("port {} of {} can't be listened at: {}", options.port, options.address,
                            error.code().message()));
  }
}

Service::~Service() {
  for (const auto& connection : open_) connection->forget();
}

void Service::listen() {
  const tcp::endpoint where(asio::ip::make_address(options.address), options.port);
  acceptor.open(where.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(where);
  acceptor.listen(kBacklog);
  port = acceptor.local_endpoint().port();
}

void Service::accept() {
  if (accepting_ || stopping || open_.size() >= options.connections) return;
  accepting_ = true;
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    accepting_ = false;
    if (stopping) return;
    if (error) return accept_later();
    ++accepted;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto connection = std::make_shared<Connection>(*this, std::move(socket));
    open_.insert(connection);
    connection->read();
    accept();
  });
}

// Out of descriptors, as a rule: some will be given back.
void Service::accept_later() {
  accepting_ = true;
  again_.expires_after(kAcceptAgain);
  again_.async_wait([this](error_code) {
    accepting_ = false;
    accept();
  });
}

void Service::closed(const std::shared_ptr<Connection>& connection) {
  open_.erase(connection);
  if (stopping && open_.empty()) return loop->io.stop();
  accept();
}

// One timer for all connections: a timer each would be set anew with every request.
void Service::sweep() {
  sweep_.expires_after(std::max(kShortestSweep, options.idle / 4));
  sweep_.async_wait([this](error_code error) {
    if (error) return;
    const Clock::time_point now = Clock::now();
    const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
    for (const auto& connection : all) {
      if (connection->deadline() <= now) connection->close();
    }
    sweep();
  });
}

void Service::stop() {
  if (stopping) return loop->io.stop();
  stopping = true;
  error_code ignored;
  acceptor.close(ignored);
  const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
  for (const auto& connection : all) {
    if (connection->idle()) connection->close();
  }
  if (open_.empty()) return loop->io.stop();
  grace_.expires_after(options.grace);
  grace_.async_wait([this](error_code error) {
    if (!error) loop->io.stop();
  });
}

// Calls `act` with the connection, in the loop, while the exchange is the one under way there.
template <typename Act>
void in_loop(const std::shared_ptr<Exchange>& exchange, Act act) {
  const std::shared_ptr<Loop> loop = exchange ? exchange->loop.lock() : nullptr;
  if (loop == nullptr) return;
  asio::dispatch(loop->io, [exchange, act = std::move(act)]() mutable {
    const std::shared_ptr<Connection> connection = exchange->connection.lock();
    if (connection == nullptr || !connection->has(exchange)) return;
    act(*connection);
    connection->send_more();
  });
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  const auto same = [&](const auto& one) {
    return boost::beast::iequals(one.first, boost::beast::string_view(name.data(), name.size()));
  };
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
  in_loop(exchange_, [](Connection& connection) { connection.drop(); });
}

void Responder::reply(Response response) {
  check(response.status, response.headers);
  in_loop(exchange_, [response = std::move(response)](Connection& connection) {
    if (connection.begun()) return;
    connection.begin(response.status, response.headers, response.body.size());
    connection.write(response.body);
    connection.end();
  });
}

void Responder::begin(int status, Headers headers) {
  check(status, headers);
  in_loop(exchange_, [status, headers = std::move(headers)](Connection& connection) {
    if (!connection.begun()) connection.begin(status, headers, std::nullopt);
  });
}

void Responder::write(std::string piece) {
  in_loop(exchange_, [piece = std::move(piece)](Connection& connection) { connection.write_chunk(piece); });
}

void Responder::end() {
  in_loop(exchange_, [](Connection& connection) { connection.end(); });
}

void Responder::close() {
  in_loop(exchange_, [](Connection& connection) { connection.abandon(); });
}

bool Responder::gone() const { return exchange_ != nullptr && exchange_->gone; }

void Responder::on_gone(std::function<void()> told) {
  in_loop(exchange_,
          [told = std::move(told)](Connection& connection) mutable { connection.told_when_gone(std::move(told)); });
}

class HttpServer::Impl : public Service {
 public:
  using Service::Service;
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

void HttpServer::run(bool until_signal) {
  asio::signal_set signals(impl_->loop->io);
  const std::function<void(error_code, int)> heed = [&](error_code error, int) {
    if (error) return;
    impl_->stop();
    signals.async_wait(heed);
  };
  if (until_signal) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    signals.async_wait(heed);
  }
  impl_->accept();
  impl_->sweep();
  impl_->loop->io.run();
}

void HttpServer::stop() {
  asio::post(impl_->loop->io, [this] { impl_->stop(); });
}

std::size_t HttpServer::accepted() const { return impl_->accepted; }

void HttpServer::post_shared(std::function<void()> work) { asio::post(impl_->loop->io, std::move(work)); }

void HttpServer::call_after(std::chrono::milliseconds delay, std::function<void()> work) {
  const auto timer = std::make_shared<asio::steady_timer>(impl_->loop->io, delay);
  timer->async_wait([timer, work = std::move(work)](error_code error) {
    if (!error) work();
  });
}

}  // namespace assay::server
