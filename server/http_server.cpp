#include "server/http_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
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
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr Clock::time_point kNever = Clock::time_point::max();
constexpr std::chrono::milliseconds kShortestSweep{5};
constexpr std::chrono::milliseconds kAcceptAgain{10};
constexpr std::chrono::milliseconds kLongestLeave{2'000};
constexpr std::size_t kReadBytes = 65'536;  // at once
constexpr std::size_t kKeptRoom = 16'384;   // of a buffer between replies
constexpr int kBacklog = 4096;
constexpr std::uint64_t kSlowestUpload = 1000;  // bytes a second
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

// Bytes of the empty lines that `text` begins with. Some clients send one after a body; it is part of no request.
std::size_t blank_lines(std::string_view text) { return std::min(text.find_first_not_of("\r\n"), text.size()); }

// What follows the host in a target that names one, as proxies get it.
std::string without_host(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const std::string_view begin = target.substr(0, scheme.size());
    if (!boost::beast::iequals({begin.data(), begin.size()}, {scheme.data(), scheme.size()})) continue;
    const std::string_view rest = target.substr(scheme.size());
    const std::string_view path = rest.substr(std::min(rest.find_first_of("/?"), rest.size()));
    return (path.starts_with('/') ? "" : "/") + std::string(path);
  }
  return std::string(target);
}

void check_limits(const HttpServerOptions& options) {
  if (options.connections < 1 || options.idle.count() < 1 || options.head.count() < 1) {
    throw InvalidArgument("a server needs room for 1 connection and 1 millisecond of patience");
  }
}

// A request as it comes. What the base class lets pass and another reader may take otherwise is refused here.
class RequestParser : public beast_http::basic_parser<true> {
 public:
  explicit RequestParser(const HttpServerOptions& options) {
    header_limit(options.header_bytes);
    body_limit(options.body_bytes);
  }
  Request request;
  bool continue_wanted = false;
  bool old() const { return old_; }  // HTTP/1.0

 private:
  using View = boost::beast::string_view;
  static constexpr std::uint64_t kReserved = 1U << 20U;  // more comes only with the bytes

  void on_request_impl(beast_http::verb, View method, View target, int version, error_code&) override {
    request.method = view(method);
    request.target = without_host(view(target));
    old_ = version < 11;
  }
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(beast_http::field name, View name_text, View value, error_code& error) override {
    if (headed_) return;  // a trailer
    if (name == beast_http::field::host && ++hosts_ > 1) error = beast_http::error::bad_field;
    if (name == beast_http::field::content_length && (++lengths_ > 1 || value.find(',') != View::npos)) {
      error = beast_http::error::bad_content_length;
    }
    if (name == beast_http::field::transfer_encoding && (old_ || !boost::beast::iequals(value, "chunked"))) {
      error = beast_http::error::bad_transfer_encoding;
    }
    if (name == beast_http::field::expect) continue_wanted = boost::beast::iequals(value, "100-continue");
    request.headers.emplace_back(view(name_text), view(value));
  }
  void on_header_impl(error_code& error) override {
    headed_ = true;
    if (!old_ && hosts_ == 0) error = beast_http::error::bad_field;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) request.body.reserve(std::min(*length, kReserved));
  }
  std::size_t on_body_impl(View body, error_code&) override {
    request.body += view(body);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(error_code&) override {}

  int hosts_ = 0;
  int lengths_ = 0;
  bool old_ = false;
  bool headed_ = false;
};

// A line that goes on with the next.
bool has_folded_line(std::string_view head) {
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at + 1 < head.size() && (head[at + 1] == ' ' || head[at + 1] == '\t')) return true;
  }
  return false;
}

// Of what beast says about bytes that are no request, or too many.
int status_of(error_code error) {
  if (error == beast_http::error::body_limit) return 413;
  return error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow ? 431 : 400;
}

class Connection;

}  // namespace

struct Responder::Exchange {
  std::weak_ptr<Loop> loop;
  std::weak_ptr<Connection> connection;
  std::atomic<bool> gone = false;
  std::function<void()> on_gone = {};
  std::function<void()> on_room = {};
  std::size_t room_at = 0;  // unsent bytes at which it is called
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
  std::vector<char> buffer = std::vector<char>(kReadBytes);  // what is read is handled at once
  std::function<void()> hangup = {};
  std::size_t connections() const { return open_.size(); }

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
  void late();
  bool idle() const;
  Clock::time_point deadline() const { return std::min(deadline_, send_deadline_); }

  // What a responder says; `exchange` may be one that is over.
  bool has(const std::shared_ptr<Exchange>& exchange) const { return exchange == exchange_; }
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
  void refuse(error_code error) { refuse(status_of(error), error.message()); }
  void look();
  void lost();
  void send_more();
  void send_rest();
  void tell_room();
  void leave();
  void discard();

  Service& service_;
  tcp::socket socket_;
  std::optional<RequestParser> parser_;
  std::string left_;  // bytes that are not parsed yet
  std::shared_ptr<Exchange> exchange_;
  Stage stage_ = Stage::reading;
  Clock::time_point deadline_ = kNever;
  Clock::time_point send_deadline_ = kNever;
  std::string unsent_;
  std::string sending_;
  std::size_t sent_ = 0;               // bytes of it
  std::optional<std::uint64_t> owed_;  // bytes of the body, where its length was told
  std::size_t head_bytes_ = 0;
  Clock::time_point body_began_ = {};
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

void Connection::read() {
  stage_ = Stage::reading;
  deadline_ = Clock::now() + service_.options.idle;
  came_ = false;
  head_bytes_ = 0;
  body_bytes_ = 0;
  if (!left_.empty()) return take(std::exchange(left_, {}));
  arm();
}

// One wait at a time: for a request, or while one is answered for its client's farewell.
void Connection::arm() {
  if (armed_ || stage_ == Stage::closed) return;
  armed_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->armed_ = false;
    if (self->stage_ == Stage::closed) return;
    if (error) return self->close();
    self->readable();
  });
}

void Connection::readable() {
  if (stage_ == Stage::reading) return receive();
  if (stage_ == Stage::leaving) return discard();
  look();
}

void Connection::receive() {
  error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(service_.buffer), error);
  if (error == asio::error::would_block) return arm();
  if (error) return close();
  take({service_.buffer.data(), count});
}

void Connection::take(std::string_view bytes) {
  if (!came_) {
    bytes.remove_prefix(blank_lines(bytes));
    if (bytes.empty()) return arm();
    came_ = true;
    deadline_ = Clock::now() + std::min(service_.options.head, service_.options.idle);
    parser_.emplace(service_.options);
  }
  std::string joined;
  if (!left_.empty()) {
    joined = std::exchange(left_, {});
    bytes = joined.append(bytes);
  }
  while (!bytes.empty()) {
    const bool headed = parser_->is_header_done();
    error_code error;
    const std::size_t count = parser_->put(asio::buffer(bytes), error);
    if (!headed && has_folded_line(bytes.substr(0, count))) error = beast_http::error::bad_obs_fold;
    // The parser limits what it is given at once, not all of it.
    if (!headed && (head_bytes_ += count) > service_.options.header_bytes) error = beast_http::error::header_limit;
    bytes.remove_prefix(count);
    if (headed) body_bytes_ += count;
    if (error == beast_http::error::need_more) break;
    if (error) return refuse(error);
    if (parser_->is_done()) {
      left_ = bytes.substr(blank_lines(bytes));
      return handle();
    }
    if (headed) continue;
    body_began_ = Clock::now();
    if (bytes.empty() && parser_->continue_wanted) {
      unsent_ += kContinue;
      send_more();
    }
  }
  // Of a chunk's head and of trailers the parser has no limit.
  if (bytes.size() > service_.options.header_bytes) return refuse(beast_http::error::header_limit);
  left_ = bytes;
  if (parser_->is_header_done()) {
    const auto due = std::chrono::milliseconds(body_bytes_ * 1000 / kSlowestUpload);
    deadline_ = std::min(Clock::now(), body_began_ + due) + service_.options.idle;
  }
  arm();
}

// The deadline has passed.
void Connection::late() {
  if (stage_ == Stage::reading && came_ && parser_->is_header_done() && !blocked_) {
    return refuse(408, "the body of the request comes too slowly");
  }
  close();
}

// Nothing of a request is here, as far as can be told.
bool Connection::idle() const {
  error_code error;
  return stage_ == Stage::reading && !came_ && (socket_.available(error) == 0 || error);
}

// What is no request, or too long a one, ends the connection.
void Connection::refuse(int status, const std::string& what) {
  const Response response = service_.options.refuse
                                ? service_.options.refuse(status, what)
                                : Response{status, {{"Content-Type", "text/plain"}}, what + "\n"};
  stage_ = Stage::answering;
  deadline_ = kNever;
  refused_ = true;
  keep_ = head_only_ = begun_ = false;
  begin({.status = response.status, .headers = response.headers, .length = response.body.size()});
  write_whole(response.body);
  end();
  send_more();
}

void Connection::handle() {
  stage_ = Stage::answering;
  deadline_ = kNever;
  keep_ = parser_->keep_alive();
  head_only_ = parser_->request.method == "HEAD";
  old_ = parser_->old();
  begun_ = false;
  exchange_ = std::make_shared<Exchange>();
  exchange_->loop = service_.loop;
  exchange_->connection = weak_from_this();
  const std::shared_ptr<Exchange> mine = exchange_;
  try {
    service_.handler(std::move(parser_->request), Responder(mine));
  } catch (const std::exception&) {
    if (exchange_ == mine) {
      drop();
      send_soon();
    }
  }
  if (exchange_ == mine && left_.empty()) arm();
}

// Sees the client leave while its reply is awaited; its next request stays where it is. Empty lines do not hide it.
void Connection::look() {
  error_code error;
  std::array<char, 64> next;
  const std::size_t count = socket_.receive(asio::buffer(next), tcp::socket::message_peek, error);
  if (error == asio::error::would_block) return arm();
  if (error) return lost();
  if (blank_lines({next.data(), count}) < count) return;
  socket_.read_some(asio::buffer(next, count), error);
  arm();
}

void Connection::lost() {
  keep_ = false;
  if (exchange_ == nullptr || exchange_->gone.exchange(true)) return;
  if (const std::function<void()> told = std::move(exchange_->on_gone)) told();
}

void Connection::begin(const ReplyHead& head) {
  begun_ = true;
  const int status = head.status;
  if (service_.stopping) keep_ = false;
  const bool bodiless = status == 204 || status == 304;
  chunked_ = !head.length && !old_ && !bodiless;
  if (!head.length && old_) keep_ = false;  // the connection's end is the body's
  const auto known = beast_http::obsolete_reason(static_cast<beast_http::status>(status));
  const fmt::format_int number(status);
  unsent_.append("HTTP/1.1 ").append(number.data(), number.size()).append(" ").append(view(known)).append("\r\n");
  for (const auto& [name, value] : head.headers) add_header(unsent_, name, value);
  unsent_ += head.fields;
  if (chunked_) add_header(unsent_, "Transfer-Encoding", "chunked");
  if (head.length && !bodiless) {
    const fmt::format_int length(*head.length);
    add_header(unsent_, "Content-Length", {length.data(), length.size()});
  }
  if (!keep_) add_header(unsent_, "Connection", "close");
  if (keep_ && old_) add_header(unsent_, "Connection", "keep-alive");
  unsent_ += "\r\n";
  head_only_ = head_only_ || bodiless;
  owed_ = head_only_ ? std::nullopt : head.length;
}

void Connection::write(std::string_view bytes) {
  if (!head_only_) unsent_ += bytes;
}

void Connection::write_piece(std::string_view piece) {
  if (!begun_ || piece.empty()) return;
  if (unsent() + piece.size() > service_.options.unsent_bytes) return close();
  if (owed_) {
    if (piece.size() > *owed_) return close();
    *owed_ -= piece.size();
  }
  if (!chunked_) return write(piece);
  if (head_only_) return;
  fmt::format_to(std::back_inserter(unsent_), "{:x}\r\n", piece.size());
  unsent_.append(piece).append("\r\n");
}

// A body as a whole, whose length was told.
void Connection::write_whole(std::string_view body) {
  owed_.reset();
  write(body);
}

void Connection::end() {
  if (!begun_ || (owed_ && *owed_ > 0)) return drop();
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
  begin({.status = 500, .headers = {{"Content-Type", "text/plain"}}, .length = kNone.size()});
  write_whole(kNone);
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
  if (over == nullptr) return;
  over->on_gone = nullptr;
  over->on_room = nullptr;
}

void Connection::told_when_gone(std::function<void()> told) {
  if (exchange_->gone) return told();
  exchange_->on_gone = std::move(told);
}

// So that what is said in one turn goes with one write.
void Connection::send_soon() {
  if (stage_ == Stage::closed || stage_ == Stage::leaving || std::exchange(soon_, true)) return;
  asio::post(service_.loop->io, [self = shared_from_this()] {
    self->soon_ = false;
    if (self->blocked_) self->tell_room();
    self->send_more();
  });
}

// One write at a time; what is said meanwhile goes with the next.
void Connection::send_more() {
  if (stage_ == Stage::closed || stage_ == Stage::leaving || blocked_) return;
  if (unsent_.empty()) {
    tell_room();
    if (stage_ != Stage::ended || !unsent_.empty()) return;
    if (unsent_.capacity() > kKeptRoom) std::string().swap(unsent_);
    if (sending_.capacity() > kKeptRoom) std::string().swap(sending_);
    if (refused_) return leave();
    if (keep_ && !service_.stopping) return read();
    error_code error;
    if (!left_.empty() || (socket_.available(error) > 0 && !error)) return leave();
    return close();
  }
  sending_.clear();
  sending_.swap(unsent_);
  sent_ = 0;
  send_rest();
}

void Connection::send_rest() {
  error_code error;
  const std::size_t count = socket_.write_some(asio::buffer(sending_) + sent_, error);
  if (error && error != asio::error::would_block) return close();
  sent_ += count;
  if (sent_ == sending_.size()) {
    send_deadline_ = kNever;
    sending_.clear();
    sent_ = 0;
    return send_more();
  }
  tell_room();
  send_deadline_ = Clock::now() + service_.options.idle;
  blocked_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code failed) {
    self->blocked_ = false;
    if (self->stage_ == Stage::closed) return;
    if (failed) return self->close();
    self->send_rest();
  });
}

void Connection::tell_room() {
  if (exchange_ == nullptr || !exchange_->on_room || unsent() > exchange_->room_at) return;
  const std::function<void()> told = std::exchange(exchange_->on_room, nullptr);
  told();
}

// A socket that is closed with bytes unread takes the last reply back.
void Connection::leave() {
  stage_ = Stage::leaving;
  deadline_ = Clock::now() + std::min(service_.options.idle, kLongestLeave);
  left_.clear();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm();
}

void Connection::discard() {
  error_code error;
  socket_.read_some(asio::buffer(service_.buffer), error);
  if (error && error != asio::error::would_block) return close();
  arm();
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
  check_limits(options);
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
    socket.non_blocking(true, ignored);
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
  sweep_.expires_after(std::max(kShortestSweep, std::min(options.idle, options.head) / 4));
  sweep_.async_wait([this](error_code error) {
    if (error) return;
    const Clock::time_point now = Clock::now();
    const std::vector<std::shared_ptr<Connection>> all(open_.begin(), open_.end());
    for (const auto& connection : all) {
      if (connection->deadline() <= now) connection->late();
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
    connection->send_soon();
  });
}

}  // namespace

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
  in_loop(exchange_, [](Connection& connection) { connection.drop(); });
}

void Responder::reply(Response response) {
  check(response.status, response.headers);
  in_loop(exchange_, [response = std::move(response)](Connection& connection) {
    if (connection.begun()) return;
    connection.begin({.status = response.status, .headers = response.headers, .length = response.body.size()});
    connection.write_whole(response.body);
    connection.end();
  });
}

void Responder::begin(ReplyHead head) {
  check(head.status, head.headers);
  in_loop(exchange_, [head = std::move(head)](Connection& connection) {
    if (!connection.begun()) connection.begin(head);
  });
}

void Responder::write(std::string_view piece) {
  const std::shared_ptr<Loop> loop = exchange_ ? exchange_->loop.lock() : nullptr;
  if (loop == nullptr) return;
  if (!loop->io.get_executor().running_in_this_thread()) {
    return in_loop(exchange_,
                   [piece = std::string(piece)](Connection& connection) { connection.write_piece(piece); });
  }
  const std::shared_ptr<Connection> connection = exchange_->connection.lock();
  if (connection == nullptr || !connection->has(exchange_)) return;
  connection->write_piece(piece);
  connection->send_soon();
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

std::size_t Responder::unsent() const {
  const std::shared_ptr<Connection> connection = exchange_ ? exchange_->connection.lock() : nullptr;
  return connection && connection->has(exchange_) ? connection->unsent() : 0;
}

void Responder::when_unsent(std::size_t bytes, std::function<void()> told) {
  in_loop(exchange_, [exchange = exchange_, bytes, told = std::move(told)](Connection&) mutable {
    exchange->room_at = bytes;
    exchange->on_room = std::move(told);
  });
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
  const std::function<void(error_code, int)> heed = [&](error_code error, int signal) {
    if (error) return;
    if (signal == SIGHUP) {
      impl_->hangup();
    } else {
      impl_->stop();
    }
    signals.async_wait(heed);
  };
  if (until_signal) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    if (impl_->hangup) signals.add(SIGHUP);
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
