#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/strategy_inputs.h"
#include "assay/route/router.h"
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

struct RouteFitReport {
  struct Model {
    std::string name;
    double accuracy = 0;
    std::size_t known = 0;  ///< Queries of which it is known whether the model is right.
  };
  std::string study;
  std::string router;
  std::string embedding;
  std::string index;  ///< How neighbours will be found: plain, codes, graph.
  std::size_t queries = 0;
  std::size_t bytes = 0;  ///< Of the file.
  std::vector<std::string> tasks;
  std::vector<Model> models;
  std::uint64_t digest = 0;  ///< Of the candidates.
  route::RoutingNumbers numbers;
  std::optional<route::Guard> guard;
  std::size_t fewest_held_out = 0;  ///< That a guard of this risk needs.
  std::vector<std::string> notes;
};

/// Learns a router from a study and writes it to a file. The study keeps nothing but what an endpoint of embeddings
/// gives. Throws InvalidArgument, DataError, OracleError or Error; http::BatchAwaited if vectors are yet to come in
/// batches.
RouteFitReport run_route_fit(const RouteFitRequest& request, const StartProgress& start = {});

}  // namespace assay::app
