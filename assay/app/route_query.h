#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/routing/embedding_choice.h"
#include "assay/routing/router_file.h"

namespace assay::app {

/// `assay route query ROUTER --prompt TEXT`.
struct RouteQueryRequest {
  std::string router;
  std::vector<std::string> prompts;  ///< At least one, unless there are vectors.
  std::vector<std::string> models;   ///< Candidates; empty: all.
  /// Chance of a right answer that a dollar per million tokens is worth; empty: that of the router's guard, else 0.
  std::optional<double> cost_weight = {};
  routing::EmbeddingChoice embedding = {};  ///< For routers that were made with vectors of a file or an endpoint.
  std::size_t threads = 0;
};

struct RouteQueryReport {
  struct Model {
    std::string name;
    double chance = 0;  ///< That its answer is right.
    double cost = 0;    ///< Dollars per million tokens; NaN: unknown.
  };
  struct Prompt {
    std::string chosen;
    double chance = 0;           ///< Of the chosen model.
    double best_on_average = 0;  ///< Chance of the best model on average.
    bool known = true;           ///< False: the router knows little or nothing in it, and accuracies decide.
    std::vector<Model> models;   ///< The most likely first.
  };
  std::string router;
  std::string embedding;
  std::uint64_t digest = 0;
  double cost_weight = 0;
  bool abstained = false;             ///< Nothing is known to route single prompts by: accuracies decide.
  std::optional<route::Guard> guard;  ///< Of the router; it holds if all its models are candidates.
  std::vector<Prompt> prompts;
  std::vector<std::string> notes;
};

/// Says for each prompt which model to ask. Throws InvalidArgument, DataError or Error.
RouteQueryReport run_route_query(const RouteQueryRequest& request);

/// The same with a router that is loaded already, and may answer many requests; `request.router` is not read.
RouteQueryReport run_route_query(const routing::RouterFile& router, const RouteQueryRequest& request);

}  // namespace assay::app
