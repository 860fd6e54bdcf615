#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "assay/app/route_info.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/routing/embedding_choice.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay route fit STUDY -o ROUTER`.
struct RouteFitRequest {
  std::string study;
  std::string router;  ///< The file to write.
  store::CorrectnessChoice choice;
  routing::EmbeddingChoice embedding;
  /// A guard for single queries is made of a fifth of the queries, and the router of the others: accuracy that
  /// routing may lose against the best single model, in points. Empty: no guard.
  std::optional<double> risk = {};
  double delta = 0.05;          ///< Chance that the guard fails.
  double cost_weight = 0;       ///< That the guard is made for.
  std::string price_file = {};  ///< See benchmark_prices.
  std::size_t threads = 0;
};

/// What the router that was written holds, and what it was learnt from.
struct RouteFitReport : RouteInfoReport {
  std::string study;
};

/// Learns a router from a study and writes it to a file. The study keeps nothing but what an endpoint of embeddings
/// gives. Throws InvalidArgument, DataError, OracleError or Error; http::BatchAwaited if vectors are yet to come in
/// batches.
RouteFitReport run_route_fit(const RouteFitRequest& request, const StartProgress& start = {});

}  // namespace assay::app
