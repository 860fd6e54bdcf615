#include "server/server_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <exception>
#include <iterator>
#include <utility>

namespace assay::server {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kLongestLeave{2'000};
constexpr std::size_t kKeptRoom = 16'384;       // of a buffer between replies
constexpr std::uint64_t kSlowestUpload = 1000;  // bytes a second
constexpr const char* kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

void add_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void ServerConnection::read() {
  stage_ = Stage::reading;
  deadline_ = ServerClock::now() + shared_.options.idle;
  came_ = false;
  head_bytes_ = 0;
  body_bytes_ = 0;
  if (!left_.empty()) return take(std::exchange(left_, {}));
  arm();
}

// One wait at a time: for a request, or while one is answered for its client's farewell.
void ServerConnection::arm() {
  if (armed_ || stage_ == Stage::closed) return;
  armed_ = true;
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->armed_ = false;
    if (self->stage_ == Stage::closed) return;
    if (error) return self->close();
    self->readable();
  });
}

void ServerConnection::readable() {
  if (stage_ == Stage::reading) return receive();
  if (stage_ == Stage::leaving) return discard();
  look();
}

void ServerConnection::receive() {
  error_code error;
  const std::size_t count = socket_.read_some(asio::buffer(shared_.buffer), error);
  if (error == asio::error::would_block) return arm();
  if (error) return close();
  take({shared_.buffer.data(), count});
}

void ServerConnection::take(std::string_view bytes) {
  if (!came_) {
    bytes.remove_prefix(blank_lines(bytes));
    if (bytes.empty()) return arm();
    came_ = true;
    deadline_ = ServerClock::now() + std::min(shared_.options.head, shared_.options.idle);
    parser_.emplace(shared_.options);
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
    if (!headed && (head_bytes_ += count) > shared_.options.header_bytes) error = beast_http::error::header_limit;
    bytes.remove_prefix(count);
    if (headed) body_bytes_ += count;
    if (error == beast_http::error::need_more) break;
    if (error) return refuse(error);
    if (parser_->is_done()) {
      left_ = bytes.substr(blank_lines(bytes));
      return handle();
    }
    if (headed) continue;
    body_began_ = ServerClock::now();
    if (bytes.empty() && parser_->continue_wanted) {
      unsent_ += kContinue;
      send_more();
    }
  }
  // Of a chunk's head and of trailers the parser has no limit.
  if (bytes.size() > shared_.options.header_bytes) return refuse(beast_http::error::header_limit);
  left_ = bytes;
  if (parser_->is_header_done()) {
    const auto due = std::chrono::milliseconds(body_bytes_ * 1000 / kSlowestUpload);
    deadline_ = std::min(ServerClock::now(), body_began_ + due) + shared_.options.idle;
  }
  arm();
}

// The deadline has passed.
void ServerConnection::late() {
  if (stage_ == Stage::reading && came_ && parser_->is_header_done() && !blocked_) {
    return refuse(408, "the body of the request comes too slowly");
  }
  close();
}

// Nothing of a request is here, as far as can be told.
bool ServerConnection::idle() const {
  error_code error;
  return stage_ == Stage::reading && !came_ && (socket_.available(error) == 0 || error);
}

// What is no request, or too long a one, ends the connection.
void ServerConnection::refuse(int status, const std::string& what) {
  const Response response = shared_.options.refuse
                                ? shared_.options.refuse(status, what)
                                : Response{status, {{"Content-Type", "text/plain"}}, what + "\n"};
  stage_ = Stage::answering;
  deadline_ = kServerNever;
  refused_ = true;
  keep_ = head_only_ = begun_ = false;
  begin({.status = response.status, .headers = response.headers, .length = response.body.size()});
  write_whole(response.body);
  end();
  send_more();
}

void ServerConnection::handle() {
  stage_ = Stage::answering;
  deadline_ = kServerNever;
  keep_ = parser_->keep_alive();
  head_only_ = parser_->request.method == "HEAD";
  old_ = parser_->old();
  begun_ = false;
  exchange_ = std::make_shared<Responder::Exchange>();
  exchange_->loop = shared_.loop;
  exchange_->connection = weak_from_this();
  const std::shared_ptr<Responder::Exchange> mine = exchange_;
  try {
    shared_.handler(std::move(parser_->request), Responder(mine));
  } catch (const std::exception&) {
    if (exchange_ == mine) {
      drop();
      send_soon();
    }
  }
  if (exchange_ == mine && left_.empty()) arm();
}

// Sees the client leave while its reply is awaited; its next request stays where it is. Empty lines do not hide it.
void ServerConnection::look() {
  error_code error;
  std::array<char, 64> next;
  const std::size_t count = socket_.receive(asio::buffer(next), tcp::socket::message_peek, error);
  if (error == asio::error::would_block) return arm();
  if (error) return lost();
  if (blank_lines({next.data(), count}) < count) return;
  socket_.read_some(asio::buffer(next, count), error);
  arm();
}

void ServerConnection::lost() {
  keep_ = false;
  if (exchange_ == nullptr || exchange_->gone.exchange(true)) return;
  if (const std::function<void()> told = std::move(exchange_->on_gone)) told();
}

void ServerConnection::begin(const ReplyHead& head) {
  begun_ = true;
  const int status = head.status;
  if (shared_.stopping) keep_ = false;
  const bool bodiless = status == 204 || status == 304;
  chunked_ = !head.length && !old_ && !bodiless;
  if (!head.length && old_) keep_ = false;  // the connection's end is the body's
  const auto known = beast_http::obsolete_reason(static_cast<beast_http::status>(status));
  const fmt::format_int number(status);
  unsent_.append("HTTP/1.1 ")
      .append(number.data(), number.size())
      .append(" ")
      .append(text_of(known))
      .append("\r\n");
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

void ServerConnection::write(std::string_view bytes) {
  if (!head_only_) unsent_ += bytes;
}

void ServerConnection::write_piece(std::string_view piece) {
  if (!begun_ || piece.empty()) return;
  if (unsent() + piece.size() > shared_.options.unsent_bytes) return close();
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
void ServerConnection::write_whole(std::string_view body) {
  owed_.reset();
  write(body);
}

void ServerConnection::end() {
  if (!begun_ || (owed_ && *owed_ > 0)) return drop();
  if (chunked_) write("0\r\n\r\n");
  forget();
  stage_ = Stage::ended;
}

// The responder went without a whole reply. What it said is still sent, without the end that would make it whole.
void ServerConnection::drop() {
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
void ServerConnection::abandon() {
  forget();
  close();
}

// What is to be told may own the responder, and that the exchange.
void ServerConnection::forget() {
  const std::shared_ptr<Responder::Exchange> over = std::exchange(exchange_, nullptr);
  if (over == nullptr) return;
  over->on_gone = nullptr;
  over->on_room = nullptr;
}

void ServerConnection::told_when_gone(std::function<void()> told) {
  if (exchange_->gone) return told();
  exchange_->on_gone = std::move(told);
}

// So that what is said in one turn goes with one write.
void ServerConnection::send_soon() {
  if (stage_ == Stage::closed || stage_ == Stage::leaving || std::exchange(soon_, true)) return;
  asio::post(shared_.loop->io, [self = shared_from_this()] {
    self->soon_ = false;
    if (self->blocked_) self->tell_room();
    self->send_more();
  });
}

// One write at a time; what is said meanwhile goes with the next.
void ServerConnection::send_more() {
  if (stage_ == Stage::closed || stage_ == Stage::leaving || blocked_) return;
  if (unsent_.empty()) {
    tell_room();
    if (stage_ != Stage::ended || !unsent_.empty()) return;
    if (unsent_.capacity() > kKeptRoom) std::string().swap(unsent_);
    if (sending_.capacity() > kKeptRoom) std::string().swap(sending_);
    if (refused_) return leave();
    if (keep_ && !shared_.stopping) return read();
    error_code error;
    if (!left_.empty() || (socket_.available(error) > 0 && !error)) return leave();
    return close();
  }
  sending_.clear();
  sending_.swap(unsent_);
  sent_ = 0;
  send_rest();
}

void ServerConnection::send_rest() {
  error_code error;
  const std::size_t count = socket_.write_some(asio::buffer(sending_) + sent_, error);
  if (error && error != asio::error::would_block) return close();
  sent_ += count;
  if (sent_ == sending_.size()) {
    send_deadline_ = kServerNever;
    sending_.clear();
    sent_ = 0;
    return send_more();
  }
  tell_room();
  send_deadline_ = ServerClock::now() + shared_.options.idle;
  blocked_ = true;
  socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](error_code failed) {
    self->blocked_ = false;
    if (self->stage_ == Stage::closed) return;
    if (failed) return self->close();
    self->send_rest();
  });
}

void ServerConnection::tell_room() {
  if (exchange_ == nullptr || !exchange_->on_room || unsent() > exchange_->room_at) return;
  const std::function<void()> told = std::exchange(exchange_->on_room, nullptr);
  told();
}

// A socket that is closed with bytes unread takes the last reply back.
void ServerConnection::leave() {
  stage_ = Stage::leaving;
  deadline_ = ServerClock::now() + std::min(shared_.options.idle, kLongestLeave);
  left_.clear();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  arm();
}

void ServerConnection::discard() {
  error_code error;
  socket_.read_some(asio::buffer(shared_.buffer), error);
  if (error && error != asio::error::would_block) return close();
  arm();
}

void ServerConnection::close() {
  if (stage_ == Stage::closed) return;
  stage_ = Stage::closed;
  lost();
  forget();
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  shared_.closed(shared_from_this());
}

}  // namespace assay::server
