#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/circuit_breaker.h"
#include "gateway/configuration.h"
#include "gateway/decision.h"
#include "server/http_client.h"
#include "server/http_server.h"

namespace assay::gateway {

class ServedEnsemble;  // vote.h

/// Connections to a model's endpoint, and how it fares.
struct ServedModel {
  ServedModel(server::HttpServer& server, const Upstream& upstream, const Breaker& settings);

  Address address;
  std::size_t at_once;
  server::HttpClient client;
  CircuitBreaker breaker;
  bool limited = false;  ///< It failed last by a 429.
  /// When whoever serves was told last that it refuses, and that its circuit opened; and whether that holds still.
  std::optional<CircuitBreaker::Time> noted_refusal = {}, noted_opening = {};
  bool said_open = false;
};

/// What is served from one reading of the files to the next; requests under way keep the one that they began with.
struct Serving {
  std::shared_ptr<const Configuration> configuration;
  std::shared_ptr<const Decider> decider;            ///< nullptr: nothing is routed.
  std::shared_ptr<const ServedEnsemble> ensemble;    ///< nullptr: none.
  std::vector<std::shared_ptr<ServedModel>> models;  ///< Of `configuration`.
};

/// What is read, in any thread.
struct ServingFiles {
  std::shared_ptr<const Configuration> configuration;
  std::shared_ptr<const Decider> decider;
  std::shared_ptr<const ServedEnsemble> ensemble;
};

/// Where it is.
struct ServingPlaces {
  std::string router = {};    ///< Empty: none.
  std::string ensemble = {};  ///< File of `assay ensemble fit`; empty: none.
  std::string models = {};    ///< models.json
  std::string client_key = {};
  Environment environment = {};
};

/// Throws Error, DataError or InvalidArgument if anything is wrong with a file.
ServingFiles read_serving_files(const ServingPlaces& places);

/// In the loop. A model that stays where it is keeps its connections, and what is known of how it fares.
std::shared_ptr<const Serving> make_serving(server::HttpServer& server, ServingFiles files, const Serving* before);

}  // namespace assay::gateway
