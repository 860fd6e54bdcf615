#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "assay/route/fit.h"
#include "assay/route/model_standing.h"
#include "assay/route/router.h"

namespace assay::route {

/// A task that is not known: that of the nearest query.
inline constexpr std::uint32_t kTaskOfNearest = std::numeric_limits<std::uint32_t>::max();

/// What became of answers since a router was fitted.
struct Outcomes {
  struct Outcome {
    std::uint32_t query = 0;  ///< Index into the vectors.
    std::uint32_t model = 0;  ///< Index into the models, those that the router knows first.
    double score = 0;         ///< In [0, 1]: how right it was.
    Seconds time = 0;         ///< When; 0: now.
  };
  neighbours::VectorView vectors;  ///< q x d, of prompts; the same may come several times.
  std::span<const std::uint32_t>
      task;  ///< q: index into the tasks, those that the router knows first; or kTaskOfNearest.
  std::span<const Outcome> outcomes;
  std::size_t models = 0;  ///< With new ones.
  std::size_t tasks = 0;
};

struct UpdateOptions {
  /// After so many days an outcome is forgotten with probability 1/2, after twice as many with 3/4; those of one
  /// prompt and one time together. Empty: none is.
  std::optional<double> half_life_days = {};
  std::size_t threads = 0;
};

/// A router with outcomes added, owned. `router()` borrows it, and from the one before what did not change.
struct UpdatedRouter {
  std::vector<Correctness> cells;
  std::vector<std::uint32_t> task, same_text;
  std::vector<float> vectors;
  std::size_t dimensions = 0;
  std::vector<Seconds> times;  ///< n x m, 0: unknown; empty: nobody ever told a time.
  RouterFit fit;
  std::size_t models = 0, tasks = 0;
  std::optional<Guard> guard;  ///< Void: it no longer routes.

  std::size_t new_queries = 0;
  std::size_t filled = 0;               ///< Outcomes in cells that nothing was known of.
  std::size_t changed = 0;              ///< Outcomes that were told before: of the same model, prompt and time.
  std::size_t forgotten = 0;            ///< Cells.
  std::size_t forgotten_before = 0;     ///< Those of them that the router before knew.
  std::vector<ModelStanding> standing;  ///< m.

  BenchmarkView benchmark() const;
  /// Without an index for the search: see search_index.h.
  Router router() const;
};

/// Adds outcomes to a router. Anew, and as a fit would have them: cells and vectors, accuracies of models and
/// tasks, both ridges from their sums, spreads; and what single queries are routed by (stacking weights, penalty,
/// number of neighbours, skill) from left-out queries, if at least 100 are known of more than one model. Else these
/// are kept, and the penalty grows with the queries. Kept: the stacking weights of tasks, the bandwidth, and what
/// was learnt by leaving tasks out (reliability, distances, errors of tasks), which is unknown for what is new. O(n
/// d (d + m) + d^3 + q n d + 4096 n d).
///
/// A model of which less than a tenth is known than of the best known one is placed by its outcomes beside those of
/// the others on the same prompts, see `placed_accuracy`. A guard is void afterwards: it routes no more.
/// Ages count from the newest outcome. What a router knew that never heard of times begins to age at the newest
/// time of these outcomes, so that none of it is forgotten at first. A prompt is known by its vector. An outcome
/// goes to a query of that vector of which nothing is known of the model, else it is another query; but what has
/// model, prompt and time of an outcome that the router has takes its place. Throws InvalidArgument where sizes or
/// numbers do not fit, or if nothing would be left.
UpdatedRouter update_router(const Router& before, const Outcomes& outcomes, const UpdateOptions& options = {});

}  // namespace assay::route
