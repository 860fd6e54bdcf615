#pragma once

#include <algorithm>

#include "assay/core/rng.h"
#include "assay/neighbours/neighbour_graph.h"

namespace assay {

/// A graph of one level, for tests that need no faiss: every vector is linked to its nearest, by an exact search,
/// and to some at random, so that it hangs together.
inline neighbours::NeighbourGraph sample_graph(const neighbours::VectorView& vectors) {
  constexpr std::size_t kNear = neighbours::kGraphLinks * 3 / 4;
  const std::size_t n = vectors.count();
  Rng rng(1);
  neighbours::NeighbourGraph graph;
  for (std::size_t i = 0; i < n; ++i) {
    graph.offsets.push_back(graph.links.size());
    for (const neighbours::Neighbour& near : neighbours::nearest(vectors, vectors.at(i), kNear + 1)) {
      if (near.index != i) graph.links.push_back(static_cast<std::int32_t>(near.index));
    }
    while (n > kNear && graph.links.size() < (i + 1) * neighbours::kGraphLinks) {
      graph.links.push_back(static_cast<std::int32_t>(rng.below(n)));
    }
    graph.links.resize((i + 1) * neighbours::kGraphLinks, -1);
  }
  graph.offsets.push_back(graph.links.size());
  return graph;
}

}  // namespace assay
