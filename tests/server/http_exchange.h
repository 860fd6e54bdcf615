#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// What a server sent.
struct HttpExchange {
  int status = 0;
  std::string head;  ///< Status line and headers.
  std::string body;  ///< Without the chunks' sizes.
};

/// A connection to 127.0.0.1 as a plain client has it, blocking; kept alive. Throws std::runtime_error where the
/// server does not speak HTTP or leaves.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  HttpExchange post(std::string_view path, std::string_view body);
  HttpExchange get(std::string_view path);

  void send(std::string_view bytes) const;
  HttpExchange receive();
  /// All bytes as they come, head and all, until `end` is among them.
  std::string receive_until(std::string_view end);
  /// The server has closed the connection.
  bool at_end();
  int descriptor() const { return socket_; }

 private:
  bool more();
  std::string take(std::size_t count);
  std::string take_line();

  int socket_ = -1;
  std::string bytes_;
};

/// A whole request, as `HttpConnection` sends it.
std::string http_post(std::string_view path, std::string_view body);

}  // namespace assay
