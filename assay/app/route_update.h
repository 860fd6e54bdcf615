#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/route/router.h"
#include "assay/routing/embedding_choice.h"

namespace assay::app {

/// `assay route update ROUTER OUTCOMES`.
struct RouteUpdateRequest {
  std::string router;
  std::string outcomes;                  ///< JSON lines, see data/outcome_lines.h.
  std::string output = {};               ///< Empty: in place of the router.
  std::optional<double> half_life = {};  ///< Days.
  bool drop_guard = false;               ///< Rather than a guard that routes nothing.
  routing::EmbeddingChoice embedding = {};
  std::size_t threads = 0;
};

struct RouteUpdateReport {
  struct Model {
    std::string name;
    bool fresh = false;  ///< The router did not know it.
    double accuracy = 0;
    double error = 0;          ///< Standard error of it.
    double before = 0;         ///< Accuracy before; NaN if fresh.
    std::size_t known = 0;     ///< Queries of which it is known whether the model is right.
    std::size_t outcomes = 0;  ///< In the file.
  };
  std::string router;
  std::string output;
  std::size_t bytes = 0;
  std::size_t outcomes = 0;         ///< That were taken.
  std::size_t without_outcome = 0;  ///< Lines.
  std::size_t without_prompt = 0;
  std::size_t queries = 0;  ///< Of the router now.
  std::size_t new_queries = 0;
  std::size_t filled = 0, changed = 0, forgotten = 0;  ///< Cells.
  std::vector<std::string> new_tasks;
  std::vector<Model> models;
  std::uint64_t digest = 0;  ///< Of the candidates now.
  std::optional<double> half_life;
  bool guard_void = false;     ///< It had a guard, which holds no longer.
  bool guard_dropped = false;  ///< As asked for; else nothing is routed.
  std::vector<std::string> notes;
};

/// Adds outcomes to a router without fitting it anew, and writes it in place of the old one, all or nothing. Throws
/// InvalidArgument, DataError, OracleError or Error.
RouteUpdateReport run_route_update(const RouteUpdateRequest& request);

}  // namespace assay::app
