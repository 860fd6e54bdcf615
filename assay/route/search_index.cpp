#include "assay/route/search_index.h"

#include <cstddef>

namespace assay::route {
namespace {

constexpr std::size_t kPlain = 1024;     // vectors that are searched one after the other
constexpr std::size_t kCoded = 131'072;  // by codes, in 2 ms; docs/results/neighbours.md

}  // namespace

IndexKind index_kind(std::size_t vectors) {
  if (vectors <= kPlain) return IndexKind::none;
  return vectors > kCoded && neighbours::can_build_graphs() ? IndexKind::graph : IndexKind::codes;
}

SearchIndex build_index(const neighbours::VectorView& vectors) {
  SearchIndex index;
  const IndexKind kind = index_kind(vectors.count());
  if (kind == IndexKind::graph) index.graph = neighbours::build_graph(vectors);
  if (kind == IndexKind::codes) index.codes = neighbours::encode(vectors);
  return index;
}

}  // namespace assay::route
