#include "tests/judge/fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

int listen_somewhere(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  const bool good = listener >= 0 && bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                    listen(listener, 1024) == 0 &&
                    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!good) throw std::runtime_error("no port of 127.0.0.1 can be listened at");
  port = ntohs(address.sin_port);
  return listener;
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// So that closing sends a reset instead of an orderly end.
void reset_at_close(int socket) {
  const linger none{1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::size_t content_length(const std::string& head) {
  const std::size_t at = lower(head).find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 17));
}

std::string reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 429: return "Too Many Requests";
    case 503: return "Service Unavailable";
    default: return status >= 500 ? "Internal Server Error" : "Some Status";
  }
}

std::string head_of(const Fault& fault, std::size_t length) {
  std::string head = "HTTP/1.1 " + std::to_string(fault.status) + " " + reason(fault.status) + "\r\n";
  if (!fault.content_type.empty()) head += "Content-Type: " + fault.content_type + "\r\n";
  for (const auto& [name, value] : fault.headers) head += name + ": " + value + "\r\n";
  return head + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

Fault answer(std::string body) {
  Fault fault;
  fault.body = std::move(body);
  return fault;
}

Fault rate_limited(const std::string& retry_after) {
  Fault fault = failing(429);
  if (!retry_after.empty()) fault.headers.emplace_back("Retry-After", retry_after);
  return fault;
}

Fault failing(int status) {
  Fault fault;
  fault.status = status;
  fault.body = R"({"error": {"message": "not now", "type": "test"}})";
  return fault;
}

FaultServer::FaultServer(Script script) : script_(std::move(script)), listener_(listen_somewhere(port_)) {
  accepting_ = std::thread([this] { accept_all(); });
}

FaultServer::FaultServer(std::vector<Fault> faults)
    : FaultServer([all = std::move(faults)](std::size_t i, const std::string&) {
        return all[std::min(i, all.size() - 1)];
      }) {}

FaultServer::~FaultServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  for (Connection& connection : open_) {
    {
      const std::lock_guard lock(mutex_);
      if (connection.socket >= 0) shutdown(connection.socket, SHUT_RDWR);
    }
    connection.thread.join();
  }
}

std::string FaultServer::url(const std::string& scheme) const {
  return scheme + "://127.0.0.1:" + std::to_string(port_) + "/v1";
}

std::vector<std::string> FaultServer::bodies() const {
  const std::lock_guard lock(mutex_);
  return bodies_;
}

std::vector<std::string> FaultServer::heads() const {
  const std::lock_guard lock(mutex_);
  return heads_;
}

void FaultServer::accept_all() {
  while (!stopping_) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const int at_once = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    ++accepted_;
    const std::lock_guard lock(mutex_);
    Connection& connection = open_.emplace_back();
    connection.socket = socket;
    connection.thread = std::thread([this, &connection] {
      serve(connection.socket);
      const std::lock_guard closing(mutex_);
      close(connection.socket);
      connection.socket = -1;
    });
  }
}

void FaultServer::serve(int socket) {
  std::string bytes;
  while (!stopping_ && serve_one(socket, bytes)) {
  }
}

namespace {

// Appends what comes; false at the end of the connection.
bool receive(int socket, std::string& bytes) {
  std::array<char, 1 << 16> buffer;
  const ssize_t count = recv(socket, buffer.data(), buffer.size(), 0);
  if (count > 0) bytes.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

bool send_slowly(int socket, std::string_view bytes, std::chrono::milliseconds pause,
                 const std::atomic<bool>& stopping) {
  for (const char byte : bytes) {
    const Clock::time_point until = Clock::now() + pause;
    while (!stopping && Clock::now() < until)
      std::this_thread::sleep_for(std::min(pause, std::chrono::milliseconds(20)));
    if (stopping || !send_all(socket, {&byte, 1})) return false;
  }
  return true;
}

// Sends `piece` again and again.
void send_without_end(int socket, const std::string& piece, const std::atomic<bool>& stopping) {
  while (!stopping && send_all(socket, piece)) {
  }
}

// False: the connection is to be closed.
bool act(int socket, const Fault& fault, const std::atomic<bool>& stopping) {
  const std::string head = head_of(fault, fault.body.size());
  const std::string_view half = std::string_view(fault.body).substr(0, fault.body.size() / 2);
  switch (fault.kind) {
    case Fault::Kind::answer: return send_all(socket, head + fault.body);
    case Fault::Kind::reset: reset_at_close(socket); return false;
    case Fault::Kind::reset_in_body:
      send_all(socket, head + std::string(half));
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a reset overtakes what is unread
      reset_at_close(socket);
      return false;
    case Fault::Kind::half_body: send_all(socket, head + std::string(half)); return false;
    case Fault::Kind::slow_headers: return send_slowly(socket, head + fault.body, fault.pause, stopping);
    case Fault::Kind::slow_body:
      return send_all(socket, head) && send_slowly(socket, fault.body, fault.pause, stopping);
    case Fault::Kind::silent: {
      std::string ignored;
      while (!stopping && receive(socket, ignored)) ignored.clear();
      return false;
    }
    case Fault::Kind::large:
      return send_all(socket, head_of(fault, fault.bytes)) &&
             send_all(socket, '"' + std::string(fault.bytes - 2, 'x') + '"');
    case Fault::Kind::endless:
      send_all(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      send_without_end(socket, "4000\r\n" + std::string(0x4000, ' ') + "\r\n", stopping);
      return false;
    case Fault::Kind::endless_headers:
      send_all(socket, "HTTP/1.1 200 OK\r\n");
      send_without_end(socket, "X-More: " + std::string(1000, 'x') + "\r\n", stopping);
      return false;
    case Fault::Kind::no_http: send_all(socket, "\x01\x02 hello, this is not HTTP\n\n"); return false;
  }
  return false;
}

// For requests that are being answered.
class Counted {
 public:
  Counted(std::atomic<std::size_t>& now, std::atomic<std::size_t>& most) : now_(now) {
    const std::size_t count = ++now_;
    std::size_t seen = most;
    while (seen < count && !most.compare_exchange_weak(seen, count)) {
    }
  }
  ~Counted() { --now_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::size_t>& now_;
};

}  // namespace

bool FaultServer::serve_one(int socket, std::string& bytes) {
  std::size_t end = std::string::npos;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (!receive(socket, bytes)) return false;
    if (bytes[0] == '\x16') {  // a TLS handshake
      send_all(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      return false;
    }
  }
  const std::string head = bytes.substr(0, end + 4);
  const std::size_t length = content_length(head);
  if (lower(head).find("\r\nexpect: 100-continue") != std::string::npos) {
    send_all(socket, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  while (bytes.size() < head.size() + length) {
    if (!receive(socket, bytes)) return false;
  }
  const std::string body = bytes.substr(head.size(), length);
  bytes.erase(0, head.size() + length);

  const Counted counted(at_once_, most_at_once_);
  Fault fault;
  {
    const std::lock_guard lock(mutex_);
    heads_.push_back(head);
    bodies_.push_back(body);
    fault = script_(bodies_.size() - 1, body);
    requests_ = bodies_.size();
  }
  const Clock::time_point until = Clock::now() + fault.delay;
  while (!stopping_ && Clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return act(socket, fault, stopping_);
}

std::uint16_t refusing_port() {
  std::uint16_t port = 0;
  close(listen_somewhere(port));
  return port;
}

}  // namespace assay
