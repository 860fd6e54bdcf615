#pragma once

#include <string>
#include <thread>
#include <utility>

#include "gateway/gateway.h"

namespace assay::gateway {

/// A gateway in a thread of its own, which ends with the object.
class ServingGateway {
 public:
  explicit ServingGateway(GatewayOptions options)
      : gateway_(std::move(options)), thread_([this] { gateway_.run(false); }) {}
  ~ServingGateway() { stop(); }
  ServingGateway(const ServingGateway&) = delete;
  ServingGateway& operator=(const ServingGateway&) = delete;

  std::uint16_t port() const { return gateway_.port(); }
  Gateway& gateway() { return gateway_; }
  /// Waits until it has ended.
  void stop() {
    if (!thread_.joinable()) return;
    gateway_.stop();
    thread_.join();
  }

 private:
  Gateway gateway_;
  std::thread thread_;
};

}  // namespace assay::gateway
