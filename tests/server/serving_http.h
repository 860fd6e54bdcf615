#pragma once

#include <thread>
#include <utility>

#include "server/http_server.h"

namespace assay {

/// An HTTP server in a thread of its own, which ends with the object.
class ServingHttp {
 public:
  ServingHttp(server::HttpServerOptions options, server::HttpServer::Handler handler)
      : server_(std::move(options), std::move(handler)), thread_([this] { server_.run(); }) {}
  ~ServingHttp() { stop(); }
  ServingHttp(const ServingHttp&) = delete;
  ServingHttp& operator=(const ServingHttp&) = delete;

  std::uint16_t port() const { return server_.port(); }
  std::string url() const { return server_.url(); }
  /// In a handler alone.
  template <typename Work>
  void after(std::chrono::milliseconds delay, Work work) {
    server_.after(delay, std::move(work));
  }
  server::HttpServer& server() { return server_; }
  /// Waits until it has ended.
  const server::HttpServer& stop() {
    if (!thread_.joinable()) return server_;
    server_.stop();
    thread_.join();
    return server_;
  }

 private:
  server::HttpServer server_;
  std::thread thread_;
};

}  // namespace assay
