#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "assay/asking/strategy_inputs.h"
#include "assay/routing/embedding_choice.h"
#include "assay/sim/route_replay.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay route evaluate STUDY`.
struct RouteEvaluateRequest {
  std::string study;
  store::CorrectnessChoice choice;
  routing::EmbeddingChoice embedding;
  std::size_t pools = 0;  ///< 0: all models together.
  std::size_t pool_size = 8;
  double pool_spread = 10;  ///< Points of accuracy.
  sim::PoolsBy pools_by = sim::PoolsBy::other_tasks;
  std::size_t labelled = 0;
  double within = 1;  ///< Points that `cheapest` may give away.
  double cost_weight = 0;
  std::string price_file = {};  ///< See benchmark_prices.
  bool each_neighbours = false;
  bool shuffle = false;  ///< Vectors are dealt out at random: nothing can be gained then.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

struct RouteEvaluateReport {
  RouteEvaluateRequest request;
  std::string embedding;
  std::vector<std::string> tasks;
  std::vector<std::string> models;
  std::size_t queries = 0;
  sim::RouteReplay replay;
  std::vector<std::string> notes;
};

/// Leaves out each task of the study in turn and measures how well every routing rule finds its best model, and how
/// well single queries are routed. The study keeps nothing but what an endpoint of embeddings gives. Throws
/// InvalidArgument, DataError or Error; http::BatchAwaited if vectors are yet to come in batches.
RouteEvaluateReport run_route_evaluate(const RouteEvaluateRequest& request, const StartProgress& start = {});

}  // namespace assay::app
