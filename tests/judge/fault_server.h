#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace assay {

/// What a server does with one request instead of answering it well.
struct Fault {
  enum class Kind {
    answer,         ///< Status, headers and body as they stand below; the connection stays open.
    reset,          ///< The request is read, then the connection reset.
    reset_in_body,  ///< Headers and half of the body, then a reset.
    half_body,      ///< Headers and half of the body, then the connection ends in good order.
    slow_headers,   ///< A byte of the headers every `pause`.
    slow_body,      ///< The headers at once, a byte of the body every `pause`.
    silent,         ///< The request is read; nothing comes back.
    large,          ///< A body of `bytes` bytes, a JSON string.
    endless,        ///< A body of pieces without end, until the client leaves.
    endless_headers,
    no_http,  ///< Bytes that are no HTTP.
  };
  Kind kind = Kind::answer;
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< More of them: {"Retry-After", "1"}
  std::chrono::milliseconds pause{50};
  std::chrono::milliseconds delay{0};  ///< Before anything is sent.
  std::size_t bytes = 10'000'000;
};

/// A good answer.
Fault answer(std::string body);
/// 429; empty: without Retry-After.
Fault rate_limited(const std::string& retry_after = {});
/// 5xx and the like, with a JSON error as body.
Fault failing(int status);

/// An HTTP server on 127.0.0.1 that does what a test wants, a thread for each connection. Plain HTTP whatever the
/// client speaks: a client that wants TLS gets a plain 400. Everything ends with the object.
class FaultServer {
 public:
  /// What is done with the i-th request, from 0; called from several threads, one at a time.
  using Script = std::function<Fault(std::size_t i, const std::string& body)>;

  explicit FaultServer(Script script);
  /// The i-th request gets the i-th fault, those beyond the end the last.
  explicit FaultServer(std::vector<Fault> faults);
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:PORT/v1"
  std::string url(const std::string& scheme = "http") const;

  std::size_t requests() const { return requests_; }
  std::size_t connections() const { return accepted_; }
  std::size_t most_at_once() const { return most_at_once_; }  ///< Requests that were being answered.
  std::vector<std::string> bodies() const;                    ///< Of the requests, in the order in which they came.
  std::vector<std::string> heads() const;                     ///< Request lines and headers, likewise.

 private:
  struct Connection {
    int socket = -1;
    std::thread thread;
  };

  void accept_all();
  void serve(int socket);
  bool serve_one(int socket, std::string& bytes);

  Script script_;
  std::uint16_t port_ = 0;  // set by what makes the listener
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> requests_ = 0;
  std::atomic<std::size_t> accepted_ = 0;
  std::atomic<std::size_t> at_once_ = 0;
  std::atomic<std::size_t> most_at_once_ = 0;
  mutable std::mutex mutex_;  // of all below, and of calls of the script
  std::list<Connection> open_;
  std::vector<std::string> bodies_;
  std::vector<std::string> heads_;
  std::thread accepting_;
};

/// A port of 127.0.0.1 at which nobody listens: connections are refused.
std::uint16_t refusing_port();

}  // namespace assay
