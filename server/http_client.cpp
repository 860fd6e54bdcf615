#include "server/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/http/error.hpp>
#include <deque>
#include <unordered_set>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "server/response_parser.h"

namespace assay::server {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using ClientClock = std::chrono::steady_clock;
using CallExchange = HttpCall::Exchange;

constexpr ClientClock::time_point kNoDeadline = ClientClock::time_point::max();
constexpr std::chrono::milliseconds kClientSweep{50};
constexpr std::size_t kReadAtOnce = 65'536;
constexpr std::size_t kTlsReadAtOnce = 16'384;  // of a record
constexpr int kReadsInTurn = 4;                 // then others have theirs

class ClientConnection;

}  // namespace

struct HttpCall::Exchange {
  OutgoingRequest request;
  std::shared_ptr<ReplyReceiver> receiver;  // nullptr: over
  std::weak_ptr<ClientConnection> connection = {};
  ClientClock::time_point deadline = kNoDeadline;  // while it waits in turn
  bool paused = false;
  bool resent = false;

  bool over() const { return receiver == nullptr; }
  void fail(CallFailure::Kind kind, std::string what) {
    const std::shared_ptr<ReplyReceiver> told = std::exchange(receiver, nullptr);
    if (told) told->failed({kind, std::move(what)});
  }
};

namespace {

class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  ConnectionPool(asio::io_context& loop, HttpClientOptions wanted);
  ~ConnectionPool() = default;
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  void send(const std::shared_ptr<CallExchange>& exchange);
  void end();
  // A connection is free for the next call, or has ended.
  void released(const std::shared_ptr<ClientConnection>& connection);
  void closed(const std::shared_ptr<ClientConnection>& connection);

  asio::io_context& io;
  HttpClientOptions options;
  std::optional<asio::ssl::context> tls;
  std::vector<char> buffer = std::vector<char>(kReadAtOnce);  // what is read is handled at once
  std::unordered_set<std::shared_ptr<ClientConnection>> open;

 private:
  void connect(const std::shared_ptr<CallExchange>& exchange);
  void next();
  void sweep();

  std::vector<std::shared_ptr<ClientConnection>> free_;
  std::deque<std::shared_ptr<CallExchange>> waiting_;
  asio::steady_timer sweep_{io};
  bool sweeping_ = false;
};

// One after the other, it carries calls.
class ClientConnection : public std::enable_shared_from_this<ClientConnection>, public ResponseParser::Sink {
 public:
  explicit ClientConnection(const std::shared_ptr<ConnectionPool>& pool)
      : pool_(pool), options_(pool->options), socket_(pool->io), resolver_(pool->io) {
    if (pool->tls) tls_.emplace(socket_, *pool->tls);
  }

  void connect(const std::shared_ptr<CallExchange>& exchange);
  void start(const std::shared_ptr<CallExchange>& exchange);
  void close();
  void close_late();
  void pause();
  void resume();
  ClientClock::time_point deadline() const { return deadline_; }

 private:
  enum class State : std::uint8_t { connecting, busy, free, closed };

  void connect_to(const std::vector<tcp::endpoint>& where);
  void shake_hands();
  void connected();
  void refused(const std::string& what);
  void send_rest(std::size_t sent);
  void sent();
  void arm();
  void readable();
  void lost(error_code error);
  void take(std::string_view bytes);
  void finish(bool clean);
  void broken(const std::string& what);
  bool parsed_head(IncomingHead head) override;
  bool parsed_piece(std::string_view bytes) override;

  std::weak_ptr<ConnectionPool> pool_;
  const HttpClientOptions& options_;
  tcp::socket socket_;
  tcp::resolver resolver_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  std::unique_ptr<char[]> tls_buffer_;
  std::shared_ptr<CallExchange> exchange_;
  std::optional<ResponseParser> parser_;
  std::string left_;  // bytes that are no whole element yet
  State state_ = State::connecting;
  ClientClock::time_point deadline_ = kNoDeadline;
  std::size_t head_bytes_ = 0;
  bool armed_ = false;
  bool used_ = false;     // by a call before
  bool sending_ = false;  // the request is not sent as a whole
  bool began_ = false;    // a byte of the reply is here
};

// Without asking anybody. "localhost" is always this machine (RFC 6761, 6.3), also where no file of hosts says so.
std::vector<tcp::endpoint> known_address(const HttpClientOptions& options) {
  if (same_name(options.host, "localhost")) {
    return {{asio::ip::address_v4::loopback(), options.port}, {asio::ip::address_v6::loopback(), options.port}};
  }
  error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) return {};
  return {tcp::endpoint(address, options.port)};
}

void ClientConnection::connect(const std::shared_ptr<CallExchange>& exchange) {
  exchange_ = exchange;
  exchange->connection = weak_from_this();
  deadline_ = exchange->deadline;
  const std::vector<tcp::endpoint> known = known_address(options_);
  if (!known.empty()) return connect_to(known);
  resolver_.async_resolve(options_.host, std::to_string(options_.port), tcp::resolver::numeric_service,
                          [self = shared_from_this()](error_code error, const tcp::resolver::results_type& found) {
                            if (self->state_ == State::closed) return;
                            if (error) return self->refused("its name is not known: " + error.message());
                            self->connect_to(std::vector<tcp::endpoint>(found.begin(), found.end()));
                          });
}

void ClientConnection::connect_to(const std::vector<tcp::endpoint>& where) {
  asio::async_connect(socket_, where, [self = shared_from_this()](error_code error, const tcp::endpoint&) {
    if (self->state_ == State::closed) return;
    if (error) return self->refused(error.message());
    error_code ignored;
    self->socket_.set_option(tcp::no_delay(true), ignored);
    self->socket_.non_blocking(true, ignored);
    if (self->tls_) return self->shake_hands();
    self->connected();
  });
}

void ClientConnection::shake_hands() {
  error_code error;
  asio::ip::make_address(options_.host, error);
  // Servers are told the name that is meant, which an address is not.
  if (error) SSL_set_tlsext_host_name(tls_->native_handle(), options_.host.c_str());
  tls_->set_verify_callback(asio::ssl::host_name_verification(options_.host));
  tls_->async_handshake(asio::ssl::stream_base::client, [self = shared_from_this()](error_code failed) {
    if (self->state_ == State::closed) return;
    if (failed) return self->refused("no TLS: " + failed.message());
    self->tls_buffer_ = std::make_unique<char[]>(kTlsReadAtOnce);
    self->connected();
  });
}

void ClientConnection::connected() {
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  start(exchange);
}

void ClientConnection::refused(const std::string& what) {
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  close();
  exchange->fail(CallFailure::Kind::connect, what);
}

void ClientConnection::start(const std::shared_ptr<CallExchange>& exchange) {
  exchange_ = exchange;
  exchange->connection = weak_from_this();
  state_ = State::busy;
  began_ = false;
  head_bytes_ = 0;
  sending_ = true;
  parser_.emplace(*this, options_.header_bytes);
  deadline_ = ClientClock::now() + exchange->request.first_byte;
  send_rest(0);
  arm();
}

// As much as goes at once; the rest when there is room.
void ClientConnection::send_rest(std::size_t sent_before) {
  const OutgoingRequest& request = exchange_->request;
  const std::string_view body = request.body ? std::string_view(*request.body) : std::string_view();
  const std::array<asio::const_buffer, 2> whole = {asio::buffer(request.head), asio::buffer(body)};
  const std::size_t size = request.head.size() + body.size();
  std::size_t count = sent_before;
  if (!tls_) {
    error_code error;
    count += socket_.write_some(whole, error);
    if (error && error != asio::error::would_block) return;  // reading tells what is the matter
    if (count == size) return sent();
  }
  std::array<asio::const_buffer, 2> rest = {whole[0] + std::min(count, whole[0].size()),
                                            whole[1] + (count - std::min(count, whole[0].size()))};
  const auto done = [self = shared_from_this(), exchange = exchange_](error_code error, std::size_t) {
    if (!error && self->state_ == State::busy && self->exchange_ == exchange) self->sent();
  };
  if (tls_) return asio::async_write(*tls_, rest, done);
  asio::async_write(socket_, rest, done);
}

void ClientConnection::sent() {
  sending_ = false;
  if (!parser_->is_header_done()) deadline_ = ClientClock::now() + exchange_->request.first_byte;
}

// Waits for bytes, also where none are due: so the end is seen.
void ClientConnection::arm() {
  if (armed_ || state_ == State::closed) return;
  armed_ = true;
  if (!tls_) {
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
      self->armed_ = false;
      if (self->state_ == State::closed) return;
      if (error) return self->lost(error);
      self->readable();
    });
    return;
  }
  tls_->async_read_some(asio::buffer(tls_buffer_.get(), kTlsReadAtOnce),
                        [self = shared_from_this()](error_code error, std::size_t count) {
                          self->armed_ = false;
                          if (self->state_ == State::closed) return;
                          if (error) return self->lost(error);
                          self->take({self->tls_buffer_.get(), count});
                          if (self->state_ == State::busy && self->exchange_->paused) return;
                          self->arm();
                        });
}

void ClientConnection::readable() {
  const std::shared_ptr<ConnectionPool> pool = pool_.lock();
  if (pool == nullptr) return close();
  for (int turn = 0; turn < kReadsInTurn; ++turn) {
    if (state_ == State::closed || (state_ == State::busy && exchange_->paused)) return;
    error_code error;
    const std::size_t count = socket_.read_some(asio::buffer(pool->buffer), error);
    if (error == asio::error::would_block) break;
    if (error) return lost(error);
    take({pool->buffer.data(), count});
    if (count < pool->buffer.size()) break;
  }
  if (state_ != State::busy || !exchange_->paused) arm();
}

void ClientConnection::lost(error_code error) {
  if (state_ != State::busy) return close();
  if (!began_ && used_ && !exchange_->resent) {
    const std::shared_ptr<CallExchange> again = std::exchange(exchange_, nullptr);
    const std::shared_ptr<ConnectionPool> pool = pool_.lock();
    close();
    again->resent = true;
    if (pool) pool->send(again);
    return;
  }
  if (error == asio::error::eof && began_ && parser_->is_header_done() && parser_->need_eof()) {
    error_code unfinished;
    parser_->put_eof(unfinished);
    if (!unfinished) return finish(false);
  }
  broken(began_ ? "the connection ended in the middle of a reply" : "the connection ended before a reply");
}

void ClientConnection::take(std::string_view bytes) {
  if (state_ != State::busy) return close();  // nobody asked
  began_ = true;
  if (parser_->is_header_done()) deadline_ = ClientClock::now() + exchange_->request.between_bytes;
  std::string joined;
  if (!left_.empty()) {
    joined = std::exchange(left_, {});
    bytes = joined.append(bytes);
  }
  while (!bytes.empty()) {
    error_code error;
    const bool headed = parser_->is_header_done();
    const std::size_t count = parser_->put(asio::buffer(bytes), error);
    bytes.remove_prefix(count);
    if (state_ != State::busy) return;  // cancelled
    // The parser limits what it is given at once, not all of it.
    if (!headed && !parser_->is_header_done() && (head_bytes_ += count) > options_.header_bytes) {
      return broken("its headers are too long");
    }
    if (error == beast_http::error::need_more) break;
    if (error) return broken("what came is no HTTP: " + error.message());
    if (!parser_->is_done()) continue;
    if (!parser_->interim()) return finish(bytes.empty());
    parser_.emplace(*this, options_.header_bytes);
  }
  // Of a chunk's head and of trailers the parser has no limit.
  if (bytes.size() > options_.header_bytes) return broken("its headers are too long");
  left_ = bytes;
}

// `clean`: nothing came after the reply.
void ClientConnection::finish(bool clean) {
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  const std::shared_ptr<ReplyReceiver> told = std::exchange(exchange->receiver, nullptr);
  const std::shared_ptr<ConnectionPool> pool = pool_.lock();
  if (clean && !sending_ && parser_->keep_alive() && pool) {
    state_ = State::free;
    used_ = true;
    deadline_ = ClientClock::now() + options_.kept_for;
    pool->released(shared_from_this());
  } else {
    close();
  }
  if (told) told->end();
}

void ClientConnection::broken(const std::string& what) {
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  close();
  exchange->fail(CallFailure::Kind::broken, what);
}

bool ClientConnection::parsed_head(IncomingHead head) {
  deadline_ = ClientClock::now() + exchange_->request.between_bytes;
  const std::shared_ptr<ReplyReceiver> told = exchange_->receiver;
  told->head(std::move(head));
  return state_ == State::busy;
}

bool ClientConnection::parsed_piece(std::string_view bytes) {
  const std::shared_ptr<ReplyReceiver> told = exchange_->receiver;
  told->piece(bytes);
  return state_ == State::busy;
}

void ClientConnection::pause() {
  if (state_ == State::busy && began_) deadline_ = kNoDeadline;
}

void ClientConnection::resume() {
  if (state_ != State::busy) return;
  if (began_) deadline_ = ClientClock::now() + exchange_->request.between_bytes;
  arm();
}

// Whoever wants the receiver told takes the exchange first. The parser stays: it may be what is calling.
void ClientConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  const std::shared_ptr<ReplyReceiver> let_go = exchange ? std::exchange(exchange->receiver, nullptr) : nullptr;
  error_code ignored;
  resolver_.cancel();
  socket_.close(ignored);
  if (const auto pool = pool_.lock()) pool->closed(shared_from_this());
}

void ClientConnection::close_late() {
  const std::shared_ptr<CallExchange> exchange = std::exchange(exchange_, nullptr);
  const bool connecting = state_ == State::connecting;
  close();
  if (exchange == nullptr) return;
  if (connecting) return exchange->fail(CallFailure::Kind::connect, "it took too long to connect");
  exchange->fail(CallFailure::Kind::late, began_ ? "the reply stopped in the middle" : "no reply came in time");
}

ConnectionPool::ConnectionPool(asio::io_context& loop, HttpClientOptions wanted)
    : io(loop), options(std::move(wanted)) {
  if (options.connections < 1) throw InvalidArgument("a client needs room for 1 connection");
  if (!options.tls) return;
  try {
    using asio::ssl::context;
    tls.emplace(context::tls_client);
    tls->set_options(context::default_workarounds | context::no_tlsv1 | context::no_tlsv1_1);
    tls->set_verify_mode(asio::ssl::verify_peer);
    const http::Certificates& trusted = options.trusted;
    if (trusted.file.empty() && trusted.folder.empty()) tls->set_default_verify_paths();
    if (!trusted.file.empty()) tls->load_verify_file(trusted.file);
    if (!trusted.folder.empty()) tls->add_verify_path(trusted.folder);
  } catch (const boost::system::system_error& error) {
    throw Error("the certificates of trusted authorities can't be read: " + error.code().message());
  }
}

void ConnectionPool::send(const std::shared_ptr<CallExchange>& exchange) {
  if (!free_.empty() && !exchange->resent) {
    const std::shared_ptr<ClientConnection> connection = std::move(free_.back());
    free_.pop_back();
    return connection->start(exchange);
  }
  exchange->deadline = ClientClock::now() + exchange->request.connect;
  sweep();
  if (open.size() < options.connections) return connect(exchange);
  waiting_.push_back(exchange);
}

void ConnectionPool::connect(const std::shared_ptr<CallExchange>& exchange) {
  const auto connection = std::make_shared<ClientConnection>(shared_from_this());
  open.insert(connection);
  connection->connect(exchange);
}

void ConnectionPool::released(const std::shared_ptr<ClientConnection>& connection) {
  free_.push_back(connection);
  next();
  if (free_.size() > options.kept) free_.front()->close();
}

void ConnectionPool::closed(const std::shared_ptr<ClientConnection>& connection) {
  std::erase(free_, connection);
  open.erase(connection);
  next();
}

void ConnectionPool::next() {
  while (!waiting_.empty() && (!free_.empty() || open.size() < options.connections)) {
    const std::shared_ptr<CallExchange> exchange = std::move(waiting_.front());
    waiting_.pop_front();
    if (exchange->over()) continue;
    if (free_.empty() || exchange->resent) {
      connect(exchange);
      continue;
    }
    const std::shared_ptr<ClientConnection> connection = std::move(free_.back());
    free_.pop_back();
    connection->start(exchange);
  }
}

// One timer for all connections, which runs while there are any.
void ConnectionPool::sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_.expires_after(kClientSweep);
  sweep_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<ConnectionPool> self = weak.lock();
    if (error || self == nullptr) return;
    self->sweeping_ = false;
    const ClientClock::time_point now = ClientClock::now();
    std::vector<std::shared_ptr<ClientConnection>> late;
    for (const auto& connection : self->open) {
      if (connection->deadline() <= now) late.push_back(connection);
    }
    std::vector<std::shared_ptr<CallExchange>> unserved;
    std::erase_if(self->waiting_, [&](const std::shared_ptr<CallExchange>& exchange) {
      if (exchange->over()) return true;
      if (exchange->deadline <= now) unserved.push_back(exchange);
      return exchange->deadline <= now;
    });
    for (const auto& connection : late) connection->close_late();
    for (const auto& exchange : unserved) {
      exchange->fail(CallFailure::Kind::busy, "all connections to it are in use");
    }
    if (!self->open.empty() || !self->waiting_.empty()) self->sweep();
  });
}

void ConnectionPool::end() {
  for (const auto& exchange : std::exchange(waiting_, {})) exchange->receiver = nullptr;
  for (const auto& connection : std::exchange(open, {})) connection->close();
}

}  // namespace

class HttpClient::Impl : public ConnectionPool {
 public:
  using ConnectionPool::ConnectionPool;
};

HttpCall::HttpCall(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

HttpCall& HttpCall::operator=(HttpCall&& other) noexcept {
  if (this == &other) return *this;
  cancel();
  exchange_ = std::move(other.exchange_);
  return *this;
}

HttpCall::~HttpCall() { cancel(); }

void HttpCall::cancel() {
  const std::shared_ptr<Exchange> exchange = std::exchange(exchange_, nullptr);
  if (exchange == nullptr || exchange->over()) return;
  const std::shared_ptr<ReplyReceiver> let_go = std::exchange(exchange->receiver, nullptr);
  if (const auto connection = exchange->connection.lock()) connection->close();
}

void HttpCall::pause() {
  if (exchange_ == nullptr || exchange_->over()) return;
  exchange_->paused = true;
  if (const auto connection = exchange_->connection.lock()) connection->pause();
}

void HttpCall::resume() {
  if (exchange_ == nullptr || exchange_->over() || !exchange_->paused) return;
  exchange_->paused = false;
  if (const auto connection = exchange_->connection.lock()) connection->resume();
}

HttpClient::HttpClient(HttpServer& server, HttpClientOptions options)
    : impl_(std::make_shared<Impl>(server.loop(), std::move(options))) {}

HttpClient::~HttpClient() { impl_->end(); }

HttpCall HttpClient::send(OutgoingRequest request, std::shared_ptr<ReplyReceiver> receiver) {
  const auto exchange = std::make_shared<HttpCall::Exchange>();
  exchange->request = std::move(request);
  exchange->receiver = std::move(receiver);
  impl_->send(exchange);
  return HttpCall(exchange);
}

std::size_t HttpClient::connections() const { return impl_->open.size(); }

}  // namespace assay::server
