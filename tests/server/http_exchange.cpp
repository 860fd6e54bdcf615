#include "tests/server/http_exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace assay {

std::string http_post(std::string_view path, std::string_view body) {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: " +
                        "application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return request.append(body);
}

HttpConnection::HttpConnection(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (socket_ < 0 || connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error("no connection");
  }
}

HttpConnection::~HttpConnection() { close(socket_); }

HttpExchange HttpConnection::post(std::string_view path, std::string_view body) {
  send(http_post(path, body));
  return receive();
}

HttpExchange HttpConnection::get(std::string_view path) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  return receive();
}

void HttpConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) throw std::runtime_error("the server has left");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

HttpExchange HttpConnection::receive() {
  HttpExchange result;
  std::size_t end = 0;
  while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) throw std::runtime_error("the server has left");
  }
  result.head = take(end + 4);
  if (!result.head.starts_with("HTTP/1.1 ")) throw std::runtime_error("no HTTP: " + result.head);
  result.status = std::stoi(result.head.substr(9));
  const std::size_t length = result.head.find("Content-Length: ");
  if (length != std::string::npos) {
    result.body = take(std::stoul(result.head.substr(length + 16)));
    return result;
  }
  while (const std::size_t size = std::stoul(take_line(), nullptr, 16)) {
    result.body += take(size);
    take_line();
  }
  take_line();
  return result;
}

std::string HttpConnection::receive_until(std::string_view end) {
  while (bytes_.find(end) == std::string::npos) {
    if (!more()) throw std::runtime_error("the server has left");
  }
  return std::exchange(bytes_, {});
}

bool HttpConnection::at_end() { return bytes_.empty() && !more(); }

bool HttpConnection::more() {
  std::array<char, 1 << 16> buffer;
  const ssize_t count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string HttpConnection::take(std::size_t count) {
  while (bytes_.size() < count) {
    if (!more()) throw std::runtime_error("the server has left");
  }
  std::string taken = bytes_.substr(0, count);
  bytes_.erase(0, count);
  return taken;
}

std::string HttpConnection::take_line() {
  std::size_t end = 0;
  while ((end = bytes_.find("\r\n")) == std::string::npos) {
    if (!more()) throw std::runtime_error("the server has left");
  }
  return take(end + 2);
}

}  // namespace assay
