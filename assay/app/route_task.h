#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/data/task_queries.h"
#include "assay/routing/embedding_choice.h"
#include "assay/routing/router_file.h"
#include "assay/stats/intervals.h"

namespace assay::app {

/// `assay route task ROUTER QUERIES`.
struct RouteTaskRequest {
  std::string router;
  std::string queries;                      ///< JSON lines.
  std::vector<std::string> models;          ///< Candidates; empty: all.
  std::string rule = "assay";               ///< Name of the routing rule.
  routing::EmbeddingChoice embedding = {};  ///< For routers that were made with vectors of a file or an endpoint.
  double within = 1;                        ///< Points that `cheapest` may give away.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

struct RouteTaskReport {
  struct Model {
    std::string name;
    double value = 0;
    /// 95 %, of the accuracy on the task, where the value is an estimate of it.
    std::optional<stats::Interval> interval;
    double accuracy = 0;    ///< On the benchmark, on average over its tasks.
    double parameters = 0;  ///< NaN: unknown.
    double cost = 0;        ///< Dollars per million tokens; NaN: unknown.
  };
  std::string router;
  std::string embedding;
  std::uint64_t digest = 0;
  std::string rule;
  std::size_t queries = 0;   ///< Of the task.
  std::size_t labelled = 0;  ///< Of these, with known outcomes.
  std::size_t unknown = 0;   ///< Of these, those that the router knows little or nothing in.
  std::string chosen;
  bool abstained = false;
  double distance = 0;  ///< Mean distance (1 - cosine) of its queries to their 20 nearest of the benchmark.
  /// The least and the largest of the benchmark's tasks, each to the others; empty if there is one task.
  std::optional<stats::Interval> usual_distance;
  std::vector<Model> models;  ///< The best first.
};

/// Ranks models for a task of which little more than the queries is known. Throws InvalidArgument, DataError or
/// Error.
RouteTaskReport run_route_task(const RouteTaskRequest& request);

/// The same with a router that is loaded already, for these queries; `request.router` and `request.queries` are not
/// read.
RouteTaskReport run_route_task(const routing::RouterFile& router, const std::vector<data::TaskQuery>& queries,
                               const RouteTaskRequest& request);

}  // namespace assay::app
