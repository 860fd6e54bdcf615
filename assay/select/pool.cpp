#include "assay/select/pool.h"

#include <algorithm>
#include <span>

#include "assay/core/rng.h"

namespace assay::select {

std::vector<QueryId> draw_pool(std::size_t queries, std::size_t size, std::uint64_t seed, std::uint64_t stream) {
  std::vector<QueryId> pool(queries);
  for (std::size_t q = 0; q < queries; ++q) pool[q] = query_id(q);
  Rng rng(seed, stream);
  rng.shuffle(std::span(pool));
  pool.resize(std::min(size, queries));
  return pool;
}

}  // namespace assay::select
