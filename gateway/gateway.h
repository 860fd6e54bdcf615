#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/serving.h"

namespace assay::gateway {

struct GatewayOptions {
  ServingPlaces places;
  std::string address = "127.0.0.1";  ///< Of this machine, in numbers.
  std::uint16_t port = 0;             ///< 0: any that is free.
  std::string log = {};               ///< File of decisions; empty: none.
  bool log_prompts = false;
  bool log_vectors = false;
  /// Is told what happens, in the loop: a reload, or why there is none. May be empty.
  std::function<void(std::string_view)> note = {};
};

/// An OpenAI-compatible server in front of models: POST /v1/chat/completions, /v1/completions, /v1/embeddings; GET
/// /v1/models; POST /v1/route, which tells what would be asked; GET /health and /metrics. A model "assay/NAME" is
/// routed by the profile NAME, "assay/vote" is answered by the ensemble, others are asked as they are named. One
/// thread, and one more while files are read anew.
class Gateway {
 public:
  /// Reads all files, and listens from now on. Throws as read_serving_files, Error if the port is taken or the log
  /// can't be written.
  explicit Gateway(GatewayOptions options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t port() const;
  std::string url() const;  ///< "http://127.0.0.1:8080"
  /// What `run` does with signals is done from now on; those that come before it wait.
  void heed_signals();
  /// Serves until `stop`, or until SIGINT or SIGTERM if signals are heeded; SIGHUP then reloads. Once.
  void run(bool signals);
  /// From any thread: requests under way get the configuration's grace. Once more ends it at once.
  void stop();
  /// From any thread: reads configuration and router again, and serves by them if they are right; else it goes on
  /// as before. Limits are those of the file from then on; the address stays. Opens the log anew.
  void reload();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::gateway
