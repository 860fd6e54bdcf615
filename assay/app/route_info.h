#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/route/router.h"
#include "assay/route/router_sections.h"

namespace assay::app {

/// `assay route info ROUTER`.
struct RouteInfoRequest {
  std::string router;
};

/// What a router holds.
struct RouteInfoReport {
  struct Model {
    std::string name;
    double accuracy = 0;
    std::size_t known = 0;  ///< Queries of which it is known whether the model is right.
    double cost = 0;        ///< Dollars per million tokens; NaN: unknown.
  };
  std::string router;
  std::string embedding;
  std::string index;  ///< How neighbours will be found: plain, codes, graph.
  std::size_t queries = 0;
  std::size_t bytes = 0;  ///< Of the file.
  std::vector<std::string> tasks;
  std::vector<Model> models;  ///< In the order of the file.
  std::uint64_t digest = 0;   ///< Of the candidates.
  route::RoutingNumbers numbers;
  std::optional<route::Guard> guard;
  std::optional<double> familiar;  ///< Share of a prompt that must be known for it to be looked at; empty: of other
                                   ///< vectors than the built-in ones nobody knows.
  std::size_t fewest_held_out = 0;  ///< That a guard of this risk needs.
  std::vector<std::string> notes;
};

/// Of a router that was written to the file `path`. O(n m).
RouteInfoReport describe_router(const std::string& path, const route::RouterContents& contents);

/// Throws DataError or Error if the file is no router that this Assay can use.
RouteInfoReport run_route_info(const RouteInfoRequest& request);

}  // namespace assay::app
