#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace assay::server {

/// \file
/// An HTTP/1.1 server: one thread, many connections, replies that may come later.
///
///     HttpServer server({.port = 8080}, [&](const Request& request, Responder responder) {
///       if (request.target == "/slow") {
///         server.after(std::chrono::seconds(1), [kept = std::move(responder)]() mutable {
///           kept.reply({.body = "late"});
///         });
///         return;
///       }
///       responder.reply({.status = 404, .headers = {{"Content-Type", "text/plain"}}, .body = "nothing here"});
///     });
///     server.run(true);  // until Ctrl-C; `stop` from any thread ends it too
///
/// The loop is the thread that runs `run`. Handlers, timers and what is posted run there, one at a time, so they
/// need no locks among themselves, and must not block.

/// Names and values. Names are compared without regard to case.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Whether two names of headers are the same one: letters of either size.
bool same_name(std::string_view one, std::string_view other);

struct Request {
  std::string method;  ///< "GET"
  std::string target;  ///< Path and query, as they came, without scheme and host: "/v1/models?limit=5"
  Headers headers;
  std::string body;

  /// The value of the first header of that name; empty if there is none.
  std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers = {};  ///< Content-Length and Connection are the server's.
  std::string body = {};
};

/// How a reply in pieces begins.
struct ReplyHead {
  int status = 200;
  Headers headers = {};  ///< Transfer-Encoding, Content-Length and Connection are the server's.
  /// More of them as they are sent, "Name: value\r\n" each; they are not checked.
  std::string fields = {};
  std::optional<std::uint64_t> length = {};  ///< Of all pieces; empty: not known.
};

/// The one reply to a request: whole by `reply`, or in pieces by `begin`, `write` and `end`. It can be moved, kept
/// and answered later, from any thread. Each call takes effect in the loop: at once if made there, else soon, in
/// order. A responder that goes without a reply gives the client a 500; one that goes in the middle of pieces ends
/// the connection, so that the client sees that something is missing. What is said after the reply's end, to a
/// client that has left, or to a server that has ended, does nothing.
class Responder {
 public:
  struct Exchange;
  explicit Responder(std::shared_ptr<Exchange> exchange);
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  /// These two throw InvalidArgument for a status outside 200 to 599 and for a header with control characters.
  void reply(Response response);
  void begin(ReplyHead head);
  void begin(int status, Headers headers) { begin({.status = status, .headers = std::move(headers)}); }
  /// Sent as a chunk of its own, as soon as the client takes it; what is said in one turn of the loop goes
  /// together.
  void write(std::string_view piece);
  /// Ends the connection, if there is less than the length that was told.
  void end();
  /// Ends the connection, whatever was sent.
  void close();

  /// The client has closed its side. A reply is sent all the same, as it may still listen. Seen while a reply is
  /// awaited, unless the client has sent its next request ahead; otherwise when a write fails.
  bool gone() const;
  /// Called in the loop as soon as that is seen, at most once; not called after the reply's end.
  void on_gone(std::function<void()> told);
  /// Bytes that were said and the client has not taken. In the loop only.
  std::size_t unsent() const;
  /// Calls `told` in the loop, once, when no more than `bytes` are unsent, but not from within this call; in place
  /// of what was to be told before. Not called after the reply's end.
  void when_unsent(std::size_t bytes, std::function<void()> told);

 private:
  void drop();

  std::shared_ptr<Exchange> exchange_;
};

struct HttpServerOptions {
  std::string address = "127.0.0.1";  ///< Of this machine, in numbers.
  std::uint16_t port = 0;             ///< 0: any that is free.
  std::uint32_t header_bytes = 16U << 10U;
  std::uint64_t body_bytes = 16U << 20U;
  std::uint64_t unsent_bytes = 64U << 20U;  ///< Of pieces; a client that lags further behind is cut off.
  std::size_t connections = 16'384;         ///< At once; further ones wait in the kernel's queue.
  /// A connection is closed if its next request does not begin in this time, or if its client takes nothing of a
  /// reply for so long (a quarter more at most). A request's body may take longer as long as its bytes come: 1,000
  /// a second after the first `idle`, and no pause of `idle`; else it gets a 408. The time that a handler takes
  /// does not count.
  std::chrono::milliseconds idle{60'000};
  std::chrono::milliseconds head{10'000};  ///< Likewise from a request's first byte until its headers are here.
  std::chrono::milliseconds grace{5'000};  ///< What `stop` leaves to replies under way.
  /// Answers what is no request (400), comes too slowly (408) or is larger than allowed (413, 431); the connection
  /// ends after it. Empty: the status, and `what` as text.
  std::function<Response(int status, std::string_view what)> refuse = {};
};

/// The server. A request is handed over when it is here as a whole; the next one of the same connection is read
/// when that is answered, so replies to pipelined requests come in order. Expect: 100-continue is heeded. What two
/// readers of HTTP may take for different requests is none: two lengths, a length beside chunks, another encoding,
/// two hosts, folded lines, line ends without CR.
class HttpServer {
 public:
  /// What it throws, if it is a std::exception, becomes a 500.
  using Handler = std::function<void(Request&& request, Responder responder)>;

  /// Listens from now on; connections wait until `run`. Throws Error if it can't.
  HttpServer(HttpServerOptions options, Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  /// "http://127.0.0.1:8080"
  std::string url() const;
  /// What `run` does with signals is done from now on; those that come before it wait.
  void heed_signals();
  /// Serves until `stop`, or until SIGINT or SIGTERM if wanted. Once.
  void run(bool until_signal = false);
  /// From any thread: no more connections and requests; replies under way get `grace`. A second call, or signal,
  /// ends it at once.
  void stop();
  /// Connections that were accepted. In the loop, or after `run`.
  std::size_t accepted() const;
  /// Those that are open. Likewise.
  std::size_t connections() const;
  /// Before `run` and `heed_signals`: it is then called in the loop for each SIGHUP, if signals are heeded.
  void on_hangup(std::function<void()> told);
  /// Other limits from now on: sizes, `connections` and times of `wanted`; the rest of it is not looked at. What is
  /// under way may still have the old ones. Throws InvalidArgument as the constructor does. In the loop only.
  void change_limits(const HttpServerOptions& wanted);
  /// For whatever else runs in it.
  boost::asio::io_context& loop();

  /// Calls `work` in the loop, soon. From any thread. What is left when the server ends is not called.
  template <typename Work>
  void post(Work work) {
    post_shared([held = std::make_shared<Work>(std::move(work))] { (*held)(); });
  }
  /// Likewise, after `delay`. In the loop only.
  template <typename Work>
  void after(std::chrono::milliseconds delay, Work work) {
    call_after(delay, [held = std::make_shared<Work>(std::move(work))] { (*held)(); });
  }

 private:
  class Impl;
  void post_shared(std::function<void()> work);
  void call_after(std::chrono::milliseconds delay, std::function<void()> work);

  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::server
