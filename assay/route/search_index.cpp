#include "assay/route/search_index.h"

#include <cstddef>

namespace assay::route {
namespace {

constexpr std::size_t kPlain = 1024;    // vectors that are searched one after the other
constexpr std::size_t kCoded = 32'768;  // by codes

}  // namespace

SearchIndex build_index(const neighbours::VectorView& vectors) {
  SearchIndex index;
  if (vectors.count() > kCoded) {
    index.graph = neighbours::build_graph(vectors);
  } else if (vectors.count() > kPlain) {
    index.codes = neighbours::encode(vectors);
  }
  return index;
}

}  // namespace assay::route
