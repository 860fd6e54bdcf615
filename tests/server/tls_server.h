#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>  // which coroutines of Boost 1.74 miss

namespace assay {

/// An HTTPS server on 127.0.0.1 with a certificate of its own making, for "localhost" alone; one connection after
/// the other, each kept as long as the client wants. Answers each request with the length of its body, and as many
/// bytes.
class TlsServer {
 public:
  /// Writes its certificate to `certificate`, as PEM: who trusts it trusts this server.
  explicit TlsServer(const std::string& certificate);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const { return connections_; }
  /// Of the last connection: the name that the client said it wants to reach.
  std::string wanted_name() const;

 private:
  class Impl;
  void serve();

  std::unique_ptr<Impl> impl_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace assay
