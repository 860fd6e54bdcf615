#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/configuration.h"

namespace assay::gateway {

/// \file
/// What is counted, for Prometheus; names are those of OpenTelemetry for generative AI where it has one:
///
///     Metrics metrics;
///     metrics.allow(*configuration);
///     metrics.served({.operation = Operation::chat, .profile = "auto", .model = "small", .status = 200, .seconds =
///     0.4}); reply(metrics.text({.connections = 12}));
///
/// All calls come from one thread. Labels are names of the configuration alone, so that clients can't make more.

enum class Operation : std::uint8_t { chat, text_completion, embeddings };

/// How a request to an upstream went. `ok`: a reply came, whatever it says, and came whole.
enum class Attempt : std::uint8_t {
  ok,
  refused,    ///< A status of 400 to 499 without 408 and 429, which is the client's affair.
  limited,    ///< 429
  error,      ///< 408 or from 500 on.
  connect,    ///< No connection.
  timeout,    ///< A time limit passed.
  broken,     ///< The connection ended in the middle, or what came is no HTTP.
  cancelled,  ///< The client left.
};

struct Tokens {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// A client's request from its last byte to the reply's last.
struct Served {
  Operation operation = Operation::chat;
  std::string_view profile = {};  ///< Empty: the client named a model.
  std::string_view asked = {};    ///< That model; what is none of the configuration's counts as "other".
  std::string_view model = {};    ///< That answered; empty: none.
  int status = 200;               ///< 499: the client left.
  double seconds = 0;
  std::optional<double> first_byte = {};  ///< Seconds until the first byte of a streamed reply.
  std::optional<Tokens> tokens = {};
};

/// What is read when the text is made.
struct Gauges {
  std::size_t connections = 0;  ///< Of clients.
  std::size_t under_way = 0;    ///< Requests.
  std::size_t upstream_connections = 0;
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Names that may be labels from now on, beside those before. Others are counted as "other".
  void allow(const Configuration& configuration);

  void served(const Served& request);
  /// A request to an upstream, retries too.
  void attempted(std::string_view model, Attempt how, double seconds);
  /// What an answer took that no request is counted for alone, as one of several votes.
  void spent(std::string_view model, const Tokens& tokens);
  /// A decision; `model`: the first of its order.
  void decided(std::string_view profile, std::string_view model, bool routed, double seconds);
  /// Whether the circuit breaker keeps a model from being asked.
  void breaker(std::string_view model, bool open);
  void reloaded(bool done);
  /// A line of the decision log that could not be written.
  void log_failed();

  /// In Prometheus's text format, version 0.0.4.
  std::string text(const Gauges& gauges) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::gateway
