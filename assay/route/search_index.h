#pragma once

#include <optional>

#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"

namespace assay::route {

/// An index for searches, as the number of vectors asks for: none up to a thousand, codes up to 32,768, a graph
/// beyond.
struct SearchIndex {
  std::optional<neighbours::Codes> codes;
  std::optional<neighbours::NeighbourGraph> graph;
};
SearchIndex build_index(const neighbours::VectorView& vectors);

}  // namespace assay::route
