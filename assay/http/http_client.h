#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assay::http {

using Milliseconds = std::chrono::milliseconds;

/// Why a request got no whole reply. What a status says is the caller's business.
enum class HttpFailure : std::uint8_t {
  none,         ///< There is a reply, whatever its status.
  unreachable,  ///< No connection (name, address, refused, TLS, time): nothing of the request was sent.
  broken_off,   ///< The connection ended before the reply did, or what came was not HTTP.
  timed_out,    ///< The time limit passed.
  too_large,    ///< The body was larger than the limit; it was dropped.
};

/// What came back.
struct HttpReply {
  HttpFailure failure = HttpFailure::none;
  std::string detail;  ///< Of a failure: what happened, fit for a terminal.
  int status = 0;      ///< 0 if there is none.
  std::string content_type;
  std::string body;
  std::optional<Milliseconds> retry_after;  ///< As the server asked; counted from the reply.
};

/// Where requests go: POST to one URL, with the same headers each time.
struct HttpEndpoint {
  std::string url;  ///< http:// or https://
  /// Name and value. Never in a message: one of them is the key.
  std::vector<std::pair<std::string, std::string>> headers;
};

struct HttpLimits {
  Milliseconds connect{10'000};         ///< For a connection, name and TLS included.
  Milliseconds whole{120'000};          ///< For a request from its start to the end of the reply.
  std::size_t body_bytes = 1U << 20;    ///< Of a reply.
  std::size_t connections = 64;         ///< That are kept open for the next requests.
  bool proxy_from_environment = false;  ///< Heed http_proxy, https_proxy and no_proxy.
};

/// Sends many requests at once from one thread. The clock and all waiting are in here, so that a twin in memory
/// can play both.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Begins a POST of `body`; `id` names it when the reply is there. Returns at once.
  virtual void send(std::uint64_t id, std::string body) = 0;
  /// Begun and not handed over yet.
  virtual std::size_t in_flight() const = 0;
  /// Hands over the replies that are there; if there is none, waits for one, but not longer than `most`. `take` may
  /// send.
  virtual void wait(Milliseconds most, const std::function<void(std::uint64_t id, HttpReply reply)>& take) = 0;
  /// Of a clock that never goes back.
  virtual Milliseconds now() const = 0;
};

/// The real one: libcurl's multi interface, HTTP/1.1 with connections kept alive, no thread for a request,
/// redirects not followed. Throws InvalidArgument for a URL that is not http or https, or that holds a password,
/// and for a header that is none.
std::unique_ptr<HttpClient> make_http_client(const HttpEndpoint& endpoint, const HttpLimits& limits);

/// Throws InvalidArgument as make_http_client does for a URL.
void check_url(const std::string& url);

}  // namespace assay::http
