#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::http {

/// \file
/// Many HTTP requests at once from one thread:
///
///     const auto client = make_http_client();
///     HttpRequest request{.url = "https://host/v1/chat/completions",
///                         .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + key}},
///                         .body = body};
///     const std::uint64_t id = client->send(request);
///     request.on_chunk = [&](const HttpReply& head, std::string_view bytes) { return show(head.status, bytes); };
///     client->send(request);  // the same once more, as it comes
///     client->cancel(id);     // the first is not wanted any more
///     while (client->in_flight() > 0) {
///       client->wait(Milliseconds(250), [&](std::uint64_t ended, HttpReply reply) { use(ended, reply); });
///     }

using Milliseconds = std::chrono::milliseconds;
/// Names and values.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Why a request got no whole reply. What a status says is the caller's business.
enum class HttpFailure : std::uint8_t {
  none,         ///< There is a reply, whatever its status.
  unreachable,  ///< No connection (name, address, refused, TLS, time): nothing of the request was sent.
  broken_off,   ///< The connection ended before the reply did, or what came was not HTTP.
  timed_out,    ///< The time limit passed.
  too_large,    ///< The body was larger than the limit; it was dropped.
  stopped,      ///< By `on_chunk`.
};

/// What came back.
struct HttpReply {
  HttpFailure failure = HttpFailure::none;
  std::string detail;  ///< Of a failure: what happened, fit for a terminal.
  int status = 0;      ///< 0 if there is none.
  std::string content_type;
  std::string body;
  std::optional<Milliseconds> retry_after;  ///< As the server asked; counted from the reply.
  Headers rate_limits = {};                 ///< What it tells of its limits: headers called "...ratelimit...".
};

/// What is sent, and what is asked of the reply.
struct HttpRequest {
  std::string url;              ///< http:// or https://, without user and password.
  std::string method = "POST";  ///< Capital letters.
  Headers headers = {};         ///< Values never stand in a message: some of them are secrets.
  std::string body = {};
  /// Takes the bytes of the reply's body as they come, at least one at a time; `head` has the status and the
  /// content type. False ends the request. What it throws ends the request too, and leaves `wait`. It may send and
  /// cancel. Empty: the body is collected in the reply.
  std::function<bool(const HttpReply& head, std::string_view bytes)> on_chunk = {};
  Milliseconds connect{10'000};       ///< For a connection, name and TLS included.
  Milliseconds whole{120'000};        ///< From its start to the end of the reply; 0: no limit.
  std::size_t body_bytes = 1U << 20;  ///< Of a reply that is collected.
};

/// Of a client; 0: no limit. A request beyond them waits inside the client, and its time runs.
struct HttpLimits {
  std::size_t connections = 64;      ///< That are kept open for the next requests; at least 1.
  std::size_t most_connections = 0;  ///< Open at once.
  std::size_t most_per_host = 0;     ///< Likewise, to one host and port.
  bool heed_environment = false;     ///< http_proxy, https_proxy and no_proxy, SSL_CERT_FILE and SSL_CERT_DIR.
};

/// Sends many requests at once from one thread. The clock and all waiting are in here, so that a twin in memory
/// can play both.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Begins a request and returns at once. The number names it; none is given twice. Throws InvalidArgument as
  /// `check_request` does.
  virtual std::uint64_t send(HttpRequest request) = 0;
  /// Ends a request without a reply; the others go on. Nothing happens if it has ended.
  virtual void cancel(std::uint64_t id) = 0;
  /// Begun, neither handed over nor cancelled.
  virtual std::size_t in_flight() const = 0;
  /// Hands over the replies that are there; if there is none, waits for one, but not longer than `most`. `take` may
  /// send and cancel.
  virtual void wait(Milliseconds most, const std::function<void(std::uint64_t id, HttpReply reply)>& take) = 0;
  /// Of a clock that never goes back.
  virtual Milliseconds now() const = 0;
};

/// The real one: libcurl's multi interface, HTTP/1.1 with connections kept alive, no thread for a request,
/// redirects not followed, nothing sent twice.
std::unique_ptr<HttpClient> make_http_client(const HttpLimits& limits = {});

/// Throws InvalidArgument for a URL that is not http or https or that holds a password, for a method that is none,
/// and for a header with control characters. The message holds none of them but a header's name.
void check_request(const HttpRequest& request);

}  // namespace assay::http
