#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/neighbours/nearest.h"

namespace assay::neighbours {

/// What a GraphView shows, owned.
struct NeighbourGraph {
  std::vector<std::uint64_t> offsets;
  std::vector<std::int32_t> links;
  std::uint32_t entry = 0;
  std::uint32_t top = 0;

  GraphView view() const { return {offsets, links, entry, top}; }
};

/// Whether this Assay was built with faiss.
bool can_build_graphs();

/// Builds the graph of n >= 1 vectors, in their order, on one thread: the same vectors give the same graph. By
/// faiss; throws Error where it can't. O(n d log n).
NeighbourGraph build_graph(const VectorView& vectors);

/// Throws DataError that says what is wrong unless every offset and link of the graph points at something that is
/// there. O(links).
void check_graph(const GraphView& graph, std::size_t vectors);

/// About the k nearest of `vectors` to `query`. `effort` >= k: candidates that are kept at a time; the more, the
/// surer and slower. The graph must have been checked. The same for the same input.
std::vector<Neighbour> nearest(const VectorView& vectors, const GraphView& graph, std::span<const float> query,
                               std::size_t k, std::size_t effort);

}  // namespace assay::neighbours
