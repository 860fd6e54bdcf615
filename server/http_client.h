#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assay/http/certificates.h"
#include "server/http_server.h"

namespace assay::server {

/// \file
/// An HTTP/1.1 client in the loop of a server, for whatever passes requests on:
///
///     HttpClient client(server, {.tls = true, .host = "api.example.org", .port = 443});
///     HttpCall call = client.send({.head = "POST /v1/x HTTP/1.1\r\n...\r\n\r\n", .body = body}, receiver);
///     call.cancel();  // or destroy it: nobody is told any more
///
/// Everything happens in the loop's thread, which is the only one that may touch what is declared here.

/// Server that a client talks to, always the same.
struct HttpClientOptions {
  bool tls = false;
  std::string host = {};  ///< A name or an address, without brackets; a server with TLS must prove it.
  std::uint16_t port = 80;
  http::Certificates trusted = {};    ///< With TLS; none: those that OpenSSL knows.
  std::size_t connections = 256;      ///< At once; further calls wait in turn.
  std::size_t kept = 64;              ///< Connections without a call.
  std::chrono::seconds kept_for{30};  ///< Then they are closed.
  std::uint32_t header_bytes = 64U << 10U;
};

/// A request as it is sent.
struct OutgoingRequest {
  std::string head = {};                            ///< Request line, headers and the empty line.
  std::shared_ptr<const std::string> body = {};     ///< nullptr: none.
  std::chrono::milliseconds connect{5'000};         ///< Until a connection is there, waiting in turn included.
  std::chrono::milliseconds first_byte{120'000};    ///< From the request's last byte to the reply's headers.
  std::chrono::milliseconds between_bytes{60'000};  ///< While the call is not paused.
};

/// The beginning of a reply.
struct IncomingHead {
  int status = 0;  ///< 200 to 599
  /// "Name: value\r\n" for each header but those of the connection and of the body's length. No control characters
  /// in names and values but tabs.
  std::string fields = {};
  std::optional<std::uint64_t> length = {};  ///< Content-Length
  std::string content_type = {};
  std::string retry_after = {};
  bool encoded = false;  ///< Content-Encoding says more than identity.
};

/// Why there is no whole reply.
struct CallFailure {
  enum class Kind : std::uint8_t {
    busy,     ///< All connections that it may have were in use for as long as connecting may take.
    connect,  ///< No connection: refused, unknown, no proof of who it is, or it took too long.
    late,     ///< A time limit passed after the connection was there.
    broken,   ///< The connection ended too soon, or what came is no HTTP.
  };
  Kind kind = Kind::broken;
  std::string what = {};  ///< In a few words, without content of the reply.
};

/// Is told of a reply: `head` once, `piece` any number of times, then `end`; or `failed` at any point. Not from
/// within `send`.
class ReplyReceiver {
 public:
  virtual ~ReplyReceiver() = default;
  virtual void head(IncomingHead head) = 0;
  virtual void piece(std::string_view bytes) = 0;  ///< Of the body, without the framing of chunks.
  virtual void end() = 0;
  virtual void failed(const CallFailure& failure) = 0;
};

/// A request under way. Does nothing once it has ended.
class HttpCall {
 public:
  struct Exchange;
  HttpCall() = default;
  explicit HttpCall(std::shared_ptr<Exchange> exchange);
  HttpCall(HttpCall&&) noexcept = default;
  HttpCall& operator=(HttpCall&& other) noexcept;
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;
  ~HttpCall();

  /// Ends the connection, as the server must not go on. The receiver is let go, and not called any more.
  void cancel();
  /// No more pieces after the present one, until `resume`: the server is to wait.
  void pause();
  void resume();

 private:
  std::shared_ptr<Exchange> exchange_;
};

/// Keeps connections and uses them again. A request that a kept connection had no reply to, not a byte, is sent
/// once more on a new one: the server had closed it meanwhile.
class HttpClient {
 public:
  /// `server` must outlive it. Throws Error if the certificates can't be read.
  HttpClient(HttpServer& server, HttpClientOptions options);
  /// Calls that are still under way end without a word.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  [[nodiscard]] HttpCall send(OutgoingRequest request, std::shared_ptr<ReplyReceiver> receiver);
  /// Those that are open or about to be.
  std::size_t connections() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace assay::server
