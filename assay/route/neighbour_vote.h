#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "assay/core/progress.h"
#include "assay/route/benchmark_view.h"

// Predicts which models are right on a query by the queries near to it. An example of use:
//
//   const auto any = [](std::size_t, std::size_t, std::size_t) { return true; };
//   const auto lists = neighbour_lists(benchmark.vectors, queries, 1, any, threads);
//   std::vector<double> votes(kVotes * benchmark.models);
//   vote(benchmark, {}, lists[0][0], accuracies, votes);                     // on the first query
//   const std::vector<double> chances = mean_vote(votes, benchmark.models);  // of each model to be right

#pragma GCC visibility push(default)

namespace assay::route {

/// Numbers of neighbours that predictors are made with; the last one is how many are looked up.
inline constexpr std::array<std::size_t, 6> kNeighbours = {5, 10, 20, 50, 100, 200};
inline constexpr std::size_t kMostNeighbours = kNeighbours.back();
inline constexpr std::size_t kVotes = kNeighbours.size();

/// Neighbours of queries among the benchmark's, by an exact search over all of them in blocks. Each query gets
/// several lists, which differ in what may be a neighbour. O(q n d).
/// @param queries  q x d.
/// @param allowed  Whether the benchmark query `index` may stand in the `list`-th list of the query at `position`.
/// @return  `lists` x q lists of up to kMostNeighbours, the nearest first. Nothing is near to a vector that says
/// nothing.
std::vector<std::vector<std::vector<neighbours::Neighbour>>> neighbour_lists(
    const neighbours::VectorView& vectors, const neighbours::VectorView& queries, std::size_t lists,
    const std::function<bool(std::size_t list, std::size_t position, std::size_t index)>& allowed,
    std::size_t threads, const Progress& progress = {});

/// Mean of 1 - cosine over the `k` nearest; 1 where there is no neighbour.
double mean_distance(std::span<const neighbours::Neighbour> neighbours, std::size_t k);

/// The predictors g_m(x) of a query. For each of kNeighbours: the share of its nearest that a model has right,
/// among those whose cell is known, or `fallback` (m) where none is. Neighbours from n on are rows of `more`, the
/// labelled queries of a new task. Writes kNeighbours x m values to `out`.
void vote(const BenchmarkView& benchmark, std::span<const Correctness> more,
          std::span<const neighbours::Neighbour> neighbours, std::span<const double> fallback,
          std::span<double> out);

/// The predictor of one query by its `count` nearest, where some models are hardly known: a cell that is not known
/// counts as `fallback`, so that one right answer near by does not make a model right everywhere. Of models whose
/// cells are all known it is that of `vote`. Writes m values to `out`.
void cautious_vote(const BenchmarkView& benchmark, std::span<const neighbours::Neighbour> neighbours,
                   std::size_t count, std::span<const double> fallback, std::span<double> out);

/// Votes (kNeighbours x m) averaged over the numbers of neighbours: m. A benchmark has too few tasks to choose one
/// of the numbers.
std::vector<double> mean_vote(std::span<const double> votes, std::size_t models);

}  // namespace assay::route

#pragma GCC visibility pop
