#pragma once

#include <cstddef>
#include <optional>

#include "assay/neighbours/codes.h"
#include "assay/neighbours/neighbour_graph.h"

namespace assay::route {

/// How so many vectors are searched: one after the other up to a thousand, by codes beyond that, which are as good
/// as exact. More than 131,072 by a graph, if this Assay was built with faiss.
enum class IndexKind { none, codes, graph };
IndexKind index_kind(std::size_t vectors);

/// The index of that kind.
struct SearchIndex {
  std::optional<neighbours::Codes> codes;
  std::optional<neighbours::NeighbourGraph> graph;
};
SearchIndex build_index(const neighbours::VectorView& vectors);

}  // namespace assay::route
